// The order of test files: those that start processes, browsers and compilers first. They take longest, and one of
// them at the end would keep one processor waiting for the other. Within both halves jest's own order holds.
import TestSequencer from "@jest/test-sequencer";

const SLOW =
  /\/(circuits|scripts|benchmarks|examples)\/test\/|\/booth\/test\/(ui|browser)\/|\/(prover\/test\/audit)\//;

export default class extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isSlow = ({ path }) => SLOW.test(path);
    return [...sorted.filter(isSlow), ...sorted.filter((test) => !isSlow(test))];
  }
}
