pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";
include "credit.circom";
include "identity.circom";
include "merkle-root.circom";

// Hours(depth, slots): a member of the roll owns credits in the ledger that add up to a threshold.
// Source: docs/spec/hours.md §3.
//
// Output   nullifier       Poseidon(TAG, claimScope, secret)
// Public   rollRoot        root of the roll's tree; the verifier fixes it
//          ledgerRoot      root of the ledger's tree; the verifier fixes it
//          claimScope      scope of the policy; the verifier fixes it
//          firstPeriod, lastPeriod, category, maxAmount
//                          the policy's, see Credit; the verifier fixes them
//          threshold       least sum, 1 ... 2^26 - 1, one of the policy's; the verifier fixes it
// Private  secret          identity scalar, < l
//          leafIndex       position in the roll
//          siblings[depth] path in the roll, leaf to root
//          enabled[slots], amounts[slots], salts[slots], periods[slots], categories[slots],
//          creditIndexes[slots], creditSiblings[slots][depth]
//                          the credits, see Credit
// Enforces (1) secret < l, and commitment = Poseidon(secret * Base8)
//          (2) the commitment is a leaf of the tree with rollRoot
//          (3) nullifier
//          (4) each enabled slot is a credit of this commitment that counts, a disabled one counts 0
//          (5) enabled slots are a prefix, and their indices strictly increase: no leaf counts twice
//          (6) the amounts add up to at least threshold, the difference in 26 bits
// Caller   must reject unknown or expired roots, other claim scopes, used nullifiers, and a threshold,
//          periods, category or maximum that are not the policy's or out of the ranges above.
// Cost     see constraints.json.
template Hours(depth, slots) {
    // ASCII of "commune-zk.nullifier.hours", big-endian.
    var TAG = 159786307830553340946184005774872166748759455212614951537832563;
    // At most four amounts below 2^24: a sum below 2^26.
    var SUM_BITS = 26;
    assert(slots <= 4);

    signal input rollRoot;
    signal input ledgerRoot;
    signal input claimScope;
    signal input firstPeriod;
    signal input lastPeriod;
    signal input category;
    signal input maxAmount;
    signal input threshold;

    signal input secret;
    signal input leafIndex;
    signal input siblings[depth];
    signal input enabled[slots];
    signal input amounts[slots];
    signal input salts[slots];
    signal input periods[slots];
    signal input categories[slots];
    signal input creditIndexes[slots];
    signal input creditSiblings[slots][depth];

    signal output nullifier;

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
    nullifierHash.inputs[1] <== claimScope;
    nullifierHash.inputs[2] <== secret;
    nullifier <== nullifierHash.out;

    // (4)
    component credit[slots];
    var sum = 0;
    for (var s = 0; s < slots; s++) {
        credit[s] = Credit(depth);
        credit[s].ledgerRoot <== ledgerRoot;
        credit[s].firstPeriod <== firstPeriod;
        credit[s].lastPeriod <== lastPeriod;
        credit[s].category <== category;
        credit[s].maxAmount <== maxAmount;
        credit[s].commitment <== identity.commitment;
        credit[s].enabled <== enabled[s];
        credit[s].amount <== amounts[s];
        credit[s].salt <== salts[s];
        credit[s].period <== periods[s];
        credit[s].creditCategory <== categories[s];
        credit[s].leafIndex <== creditIndexes[s];
        credit[s].siblings <== creditSiblings[s];
        sum += amounts[s];
    }

    // (5)
    component later[slots - 1];
    for (var s = 0; s < slots - 1; s++) {
        enabled[s + 1] * (1 - enabled[s]) === 0;
        later[s] = Num2Bits(depth); // circomspect: unique, 2^depth is below r
        later[s].in <== enabled[s + 1] * (creditIndexes[s + 1] - creditIndexes[s] - 1);
    }

    // (6)
    component reached = Num2Bits(SUM_BITS); // circomspect: unique, 26 bits are below r
    reached.in <== sum - threshold;
}
