pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// BallotRules(n): n counters obey a poll's rules.
// Source: docs/spec/ballot.md §4.
//
// Public   active[n]   1 where the counter stands for an option, else 0
//          maxima[n]   greatest value of each counter, below 2^8
//          minTotal    least total, below 2^24
//          maxTotal    greatest total, below 2^24
//          quadratic   1: a value v counts v^2 towards the total; 0: v
//          distinct    1: no two active counters have the same value
// Private  values[n]   the counters
// Enforces (1) 0 <= value <= maximum, both differences in 8 bits
//          (2) an inactive counter is 0
//          (3) minTotal <= total <= maxTotal, both differences in 24 bits
//          (4) where distinct, active counters differ pairwise
// Caller   must have checked that the public signals are in the ranges above and that the flags are
//          0 or 1: the verifier takes them from a poll that validatePoll accepted.
template BallotRules(n) {
    signal input active[n];
    signal input maxima[n];
    signal input minTotal;
    signal input maxTotal;
    signal input quadratic;
    signal input distinct;
    signal input values[n];

    // A field equation has no order: a total of 16 * 255^2 < 2^24 and bounds below 2^24 keep every
    // difference far from r, so that 24 bits mean "not negative".
    var VALUE_BITS = 8;
    var TOTAL_BITS = 24;

    component low[n];
    component high[n];
    signal squares[n];
    signal costs[n];
    var total = 0;
    for (var i = 0; i < n; i++) {
        // (1)
        low[i] = Num2Bits(VALUE_BITS);
        low[i].in <== values[i];
        high[i] = Num2Bits(VALUE_BITS);
        high[i].in <== maxima[i] - values[i];

        // (2)
        values[i] * (1 - active[i]) === 0;

        squares[i] <== values[i] * values[i];
        costs[i] <== quadratic * (squares[i] - values[i]) + values[i];
        total += costs[i];
    }

    // (3)
    component aboveMin = Num2Bits(TOTAL_BITS);
    aboveMin.in <== total - minTotal;
    component belowMax = Num2Bits(TOTAL_BITS);
    belowMax.in <== maxTotal - total;

    // (4)
    signal ranked[n];
    for (var i = 0; i < n; i++) {
        ranked[i] <== distinct * active[i];
    }
    var pairs = n * (n - 1) / 2;
    signal compared[pairs];
    signal inverses[pairs];
    var p = 0;
    for (var i = 0; i < n; i++) {
        for (var j = i + 1; j < n; j++) {
            compared[p] <== ranked[i] * ranked[j];
            // Fixed by the next line where the values differ; where they are equal it is free, and
            // the line can hold only with compared = 0.
            inverses[p] <-- values[i] == values[j] ? 0 : compared[p] / (values[i] - values[j]); // circomspect: fixed by the next line
            (values[i] - values[j]) * inverses[p] === compared[p];
            p++;
        }
    }
}
