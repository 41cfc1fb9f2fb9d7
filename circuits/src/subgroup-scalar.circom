pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// SubgroupScalar(): the bits of a scalar below the BabyJubJub subgroup order l.
// Source: docs/spec/ballot.md §3.1.
//
// Private  in        claimed scalar, any field element
// Output   out[251]  its bits, least significant first
// Enforces (1) in < 2^251, by a decomposition that is unique because 2^251 < r
//          (2) in <= l - 1: l - 1 - in is again below 2^251. For in in [l, 2^251) the
//              difference is negative, that is at least r - 2^251 > 2^251, so it has no such bits.
// Caller   must multiply by these bits and by no second decomposition of the same signal:
//          in + l, in + 2l, ... give the same point, and would give another nullifier.
// Cost     503 constraints before simplification.
template SubgroupScalar() {
    signal input in;
    signal output out[251];

    var l = 2736030358979909402780800718157159386076813972158567259200215660948447373041;

    // (1)
    component bits = Num2Bits(251);
    bits.in <== in;
    out <== bits.out;

    // (2)
    component gap = Num2Bits(251);
    gap.in <== l - 1 - in;
}
