// Witnesses of compiled circuits, and the source line of the assertion that refuses one.
import { readFile } from "node:fs/promises";
import { type WitnessCalculator, WitnessCalculatorBuilder } from "circom_runtime";

/** Where a witness calculation stopped: our own template nearest to the failed assertion. */
export interface Violation {
  readonly template: string;
  readonly line: number;
}

/** A witness, or what refused the inputs. */
export type Attempt = { readonly witness: readonly bigint[] } | { readonly violation: Violation };

/** Templates of ours; an assertion inside circomlib is laid at our line that feeds it. */
const OWN = ["SubgroupScalar", "IdentityCommitment", "MerkleRoot", "BallotRules", "ElGamalEncrypt", "Ballot"];

/** Calculates witnesses of one circuit. Not to be called again before it has answered. */
export async function openCircuit(wasmPath: string): Promise<(inputs: object) => Promise<Attempt>> {
  const calculator: WitnessCalculator = await WitnessCalculatorBuilder(await readFile(wasmPath));
  // circom_runtime adds each failure's trace to those before it.
  let known = 0;
  return async (inputs) => {
    const { error: print } = console;
    // It also prints every failure, and here most are wanted.
    console.error = () => undefined;
    try {
      return { witness: await calculator.calculateWitness(inputs) };
    } catch (error) {
      const trace = [
        ...String((error as Error).message).matchAll(/Error in template (\w+?)_\d+ line: (\d+)/g),
      ];
      const violation = parseViolation(trace.slice(known));
      known = trace.length;
      if (violation === undefined) throw error;
      return { violation };
    } finally {
      console.error = print;
    }
  };
}

function parseViolation(trace: readonly RegExpMatchArray[]): Violation | undefined {
  for (const [, template, line] of trace) {
    if (OWN.includes(template!)) return { template: template!, line: Number(line) };
  }
  return undefined;
}
