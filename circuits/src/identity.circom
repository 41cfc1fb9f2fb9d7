pragma circom 2.1.6;

include "circomlib/circuits/escalarmulfix.circom";
include "circomlib/circuits/poseidon.circom";
include "subgroup-scalar.circom";

// IdentityCommitment(): the Semaphore V4 commitment of a secret scalar.
// Source: docs/spec/identity.md §1; Semaphore V4 specification, "identity commitment".
//
// Private  secret      scalar, checked in (1)
// Output   commitment  Poseidon(A.x, A.y), A = secret * Base8
// Enforces (1) secret < l  (2) A = secret * Base8  (3) commitment
// Caller   must keep the zero leaf out of every tree's membership: no secret is known to open it.
//
// EscalarMulFix adds points by incomplete Montgomery formulas. They never meet two equal points
// here: docs/design/circuits.md, "Incomplete additions".
template IdentityCommitment() {
    signal input secret;
    signal output commitment;

    var BASE8[2] = [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];

    // (1)
    component scalar = SubgroupScalar();
    scalar.in <== secret;

    // (2)
    component publicKey = EscalarMulFix(251, BASE8);
    publicKey.e <== scalar.out;

    // (3)
    component hash = Poseidon(2);
    hash.inputs <== publicKey.out;
    commitment <== hash.out;
}
