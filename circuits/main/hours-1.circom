pragma circom 2.1.6;

include "../src/hours.circom";

component main { public [rollRoot, ledgerRoot, claimScope, firstPeriod, lastPeriod, category, maxAmount, threshold] } = Hours(20, 1);
