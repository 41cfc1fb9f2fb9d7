pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";
include "circomlib/circuits/switcher.circom";

// MerkleRoot(depth): the root of a binary Poseidon tree of fixed depth, from one leaf and its path.
// Source: docs/spec/roll.md §3.
//
// Private  leaf              the leaf's value
//          leafIndex         its position, 0 ... 2^depth - 1, checked in (1)
//          siblings[depth]   the path, leaf to root
// Output   root
// Enforces (1) leafIndex has depth bits  (2) at level i, bit i says whether the running node is the
//          right child  (3) node = Poseidon(left, right)
// Caller   must compare root with one that the verifier fixes. The depth is part of the circuit, so
//          that no inner node can stand as a leaf.
template MerkleRoot(depth) {
    signal input leaf;
    signal input leafIndex;
    signal input siblings[depth];
    signal output root;

    // (1)
    component position = Num2Bits(depth); // circomspect: unique, 2^depth is below r
    position.in <== leafIndex;

    component order[depth];
    component hash[depth];
    signal nodes[depth + 1];
    nodes[0] <== leaf;
    for (var i = 0; i < depth; i++) {
        // (2)
        order[i] = Switcher();
        order[i].sel <== position.out[i];
        order[i].L <== nodes[i];
        order[i].R <== siblings[i];

        // (3)
        hash[i] = Poseidon(2);
        hash[i].inputs[0] <== order[i].outL;
        hash[i].inputs[1] <== order[i].outR;
        nodes[i + 1] <== hash[i].out;
    }
    root <== nodes[depth];
}
