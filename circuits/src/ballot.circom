pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";
include "ballot-rules.circom";
include "elgamal.circom";
include "identity.circom";
include "merkle-root.circom";

// Ballot(depth, slots): a member of the roll casts one valid, encrypted ballot.
// Source: docs/spec/ballot.md §2.
//
// Output   nullifier              Poseidon(TAG, pollId, secret)
//          ciphertexts[slots][4]  c1.x, c1.y, c2.x, c2.y of each slot
// Public   rollRoot               root of the roll's tree; the verifier fixes it
//          pollId                 scope; the verifier fixes it
//          revision               0 ... 2^16 - 1; the highest of a nullifier counts
//          publicKey[2]           H, the trustees' joint key; the verifier fixes it
//          base                   2^b, at most 2^24; the verifier fixes it
//          active[4 * slots], maxima[4 * slots], minTotal, maxTotal, quadratic, distinct
//                                 the poll's rules, see BallotRules; the verifier fixes them
// Private  secret                 identity scalar, < l
//          leafIndex              position in the roll
//          siblings[depth]        path, leaf to root
//          values[4 * slots]      the vote: one number a counter
//          nonces[slots]          encryption nonces, one a slot
// Enforces (1) secret < l, and commitment = Poseidon(secret * Base8)
//          (2) the commitment is a leaf of the tree with rollRoot
//          (3) nullifier
//          (4) revision has 16 bits
//          (5) the values obey the rules
//          (6) slot s encrypts sum over i of values[4s + i] * base^i to H
// Caller   must reject unknown roots, other poll ids, used (nullifier, revision) pairs, an H outside
//          the subgroup, c1 or c2 outside the subgroup and c1 = O, and rules validatePoll refuses.
// Cost     see constraints.json.
template Ballot(depth, slots) {
    var COUNTERS = 4;
    var n = COUNTERS * slots;
    // ASCII of "commune-zk.nullifier.ballot", big-endian.
    var TAG = 40905294804621655282223105478367274687682420534429420936334438260;
    // base <= 2^24 and values < 2^8, so a packed message is below 2^(3 * 24 + 8).
    var PACKED_BITS = 80;

    signal input rollRoot;
    signal input pollId;
    signal input revision;
    signal input publicKey[2];
    signal input base;
    signal input active[n];
    signal input maxima[n];
    signal input minTotal;
    signal input maxTotal;
    signal input quadratic;
    signal input distinct;

    signal input secret;
    signal input leafIndex;
    signal input siblings[depth];
    signal input values[n];
    signal input nonces[slots];

    signal output nullifier;
    signal output ciphertexts[slots][4];

    // (1)
    component identity = IdentityCommitment();
    identity.secret <== secret;

    // (2)
    component tree = MerkleRoot(depth);
    tree.leaf <== identity.commitment;
    tree.leafIndex <== leafIndex;
    tree.siblings <== siblings;
    rollRoot === tree.root;

    // (3)
    component nullifierHash = Poseidon(3);
    nullifierHash.inputs[0] <== TAG;
    nullifierHash.inputs[1] <== pollId;
    nullifierHash.inputs[2] <== secret;
    nullifier <== nullifierHash.out;

    // (4)
    component revisionBits = Num2Bits(16);
    revisionBits.in <== revision;

    // (5)
    component rules = BallotRules(n);
    rules.active <== active;
    rules.maxima <== maxima;
    rules.minTotal <== minTotal;
    rules.maxTotal <== maxTotal;
    rules.quadratic <== quadratic;
    rules.distinct <== distinct;
    rules.values <== values;

    // (6)
    signal packed[slots][COUNTERS];
    component encrypt[slots];
    for (var s = 0; s < slots; s++) {
        packed[s][0] <== values[COUNTERS * s + COUNTERS - 1];
        for (var i = 1; i < COUNTERS; i++) {
            packed[s][i] <== packed[s][i - 1] * base + values[COUNTERS * s + COUNTERS - 1 - i];
        }
        encrypt[s] = ElGamalEncrypt(PACKED_BITS);
        encrypt[s].publicKey <== publicKey;
        encrypt[s].nonce <== nonces[s];
        encrypt[s].message <== packed[s][COUNTERS - 1];
        ciphertexts[s][0] <== encrypt[s].c1[0];
        ciphertexts[s][1] <== encrypt[s].c1[1];
        ciphertexts[s][2] <== encrypt[s].c2[0];
        ciphertexts[s][3] <== encrypt[s].c2[1];
    }
}
