pragma circom 2.1.6;

include "../src/ballot.circom";

component main { public [rollRoot, pollId, revision, publicKey, base, active, maxima, minTotal, maxTotal, quadratic, distinct] } = Ballot(20, 4);
