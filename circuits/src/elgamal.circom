pragma circom 2.1.6;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/escalarmulany.circom";
include "circomlib/circuits/escalarmulfix.circom";

// ElGamalEncrypt(messageBits): exponential ElGamal on BabyJubJub.
// Source: docs/spec/ballot.md §3.3; Cramer, Gennaro, Schoenmakers 1997 §2.
//
// Public   publicKey[2]   H
// Private  nonce          k, below 2^251; only k mod l matters
//          message        m, below 2^messageBits, checked in (2)
// Output   c1[2]          k * Base8
//          c2[2]          k * H + m * Base8
// Enforces (1) both products use the same bits of k  (2) m < 2^messageBits  (3) c1  (4) c2
// Caller   must refuse an H that is off the curve, outside the subgroup or the identity: for an
//          identity or order-2 point EscalarMulAny returns the identity, and c2 would be the vote in
//          clear. Must draw k uniformly from [1, l-1], fresh each time; a verifier refuses c1 = O.
template ElGamalEncrypt(messageBits) {
    signal input publicKey[2];
    signal input nonce;
    signal input message;
    signal output c1[2];
    signal output c2[2];

    var BASE8[2] = [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];

    // (1)
    component nonceBits = Num2Bits(251);
    nonceBits.in <== nonce;

    // (2)
    component bits = Num2Bits(messageBits); // circomspect: unique, 80 bits are below r
    bits.in <== message;

    // (3)
    component ephemeral = EscalarMulFix(251, BASE8);
    ephemeral.e <== nonceBits.out;
    c1 <== ephemeral.out;

    // (4)
    component shared = EscalarMulAny(251);
    shared.e <== nonceBits.out;
    shared.p <== publicKey;
    component encoded = EscalarMulFix(messageBits, BASE8);
    encoded.e <== bits.out;
    component sum = BabyAdd();
    sum.x1 <== shared.out[0];
    sum.y1 <== shared.out[1];
    sum.x2 <== encoded.out[0];
    sum.y2 <== encoded.out[1];
    c2[0] <== sum.xout;
    c2[1] <== sum.yout;
}
