// The parts of circom_runtime 0.1.28 that tests call; it ships no types.
declare module "circom_runtime" {
  export interface WitnessCalculator {
    /** A witness as a wtns file. Rejects with "Error in template NAME line: N" where an assertion fails. */
    calculateWTNSBin(input: unknown, sanityCheck?: number): Promise<Uint8Array>;
  }
  export function WitnessCalculatorBuilder(wasm: Uint8Array): Promise<WitnessCalculator>;
}
