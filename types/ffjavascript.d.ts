// The parts of ffjavascript 0.3.1 that this project calls; it ships no types.
declare module "ffjavascript" {
  export interface Group {
    /** Affine Montgomery bytes of a point given as bigint coordinates. */
    fromObject(point: readonly unknown[]): Uint8Array;
    toObject(point: Uint8Array): unknown[];
    add(a: Uint8Array, b: Uint8Array): Uint8Array;
    neg(a: Uint8Array): Uint8Array;
    timesFr(point: Uint8Array, scalar: Uint8Array): Uint8Array;
    multiExpAffine(bases: Uint8Array, scalars: Uint8Array): Promise<Uint8Array>;
    batchLEMtoC(points: Uint8Array): Promise<Uint8Array>;
    batchCtoLEM(points: Uint8Array): Promise<Uint8Array>;
    readonly F: { readonly n8: number };
  }
  export interface CurveEngine {
    readonly G1: Group;
    readonly G2: Group;
    readonly Fr: { readonly n8: number; e(value: bigint): Uint8Array };
    /** Whether the product of pairings of the pairs (all but the last) equals that of the last. */
    pairingEq(...points: Uint8Array[]): Promise<boolean>;
    terminate(): Promise<void>;
  }
  export function buildBn128(singleThread?: boolean): Promise<CurveEngine>;
  export const Scalar: { toRprLE(buffer: Uint8Array, offset: number, value: bigint, length: number): void };
}
