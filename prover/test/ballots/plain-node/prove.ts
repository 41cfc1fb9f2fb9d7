// A script as an integrator writes one: proves a ballot, verifies it, says so, and ends by running out of work.
import { decodeRecord } from "../../../src/index.ts";
import { cast, openBooth, pollWith, rulesOf } from "../support.ts";

const booth = await openBooth(pollWith(rulesOf()));
const ballot = await cast(booth, { votes: [0, 1, 0] });
const { publicSignals, proof } = decodeRecord(ballot.record);
console.log(`verified: ${await booth.verifier.verify(publicSignals, proof)}`);
