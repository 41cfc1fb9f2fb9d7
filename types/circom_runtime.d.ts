// The parts of circom_runtime 0.1.28 that tests call; it ships no types.
declare module "circom_runtime" {
  export interface WitnessCalculator {
    /** All wires of a witness. Rejects with "Error in template NAME line: N" where an assertion fails. */
    calculateWitness(input: unknown, sanityCheck?: number): Promise<bigint[]>;
  }
  export function WitnessCalculatorBuilder(wasm: Uint8Array): Promise<WitnessCalculator>;
}
