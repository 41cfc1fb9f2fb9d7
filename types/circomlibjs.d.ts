// The parts of circomlibjs 0.1.7 that tests call as an oracle; it ships no types.
declare module "circomlibjs" {
  export interface Field {
    e(value: bigint): unknown;
    toObject(value: unknown): bigint;
  }
  export function buildBabyjub(): Promise<{
    F: Field;
    Base8: unknown[];
    mulPointEscalar(point: unknown[], scalar: bigint): unknown[];
    addPoint(a: unknown[], b: unknown[]): unknown[];
  }>;
  export function buildPoseidon(): Promise<(inputs: readonly bigint[]) => unknown>;
}
