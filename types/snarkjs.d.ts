// The parts of snarkjs 0.7.6 that this project calls; it ships no types.
declare module "snarkjs" {
  /** A file's path, bytes to read, or an empty memory file to write: snarkjs puts the bytes into `data`. */
  export type FileLike = string | Uint8Array | { type: "mem"; data?: Uint8Array };
  export interface Logger {
    debug(message: string): void;
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  }
  export interface SnarkjsProof {
    pi_a: [string, string, string];
    pi_b: [[string, string], [string, string], [string, string]];
    pi_c: [string, string, string];
    protocol: string;
    curve: string;
  }
  export interface Curve {
    terminate(): Promise<void>;
  }
  export interface ThreadOptions {
    singleThread?: boolean;
  }
  export interface Contribution {
    name?: string;
    type: number;
    contributionHash: Uint8Array;
    beaconHash?: Uint8Array;
    numIterationsExp?: number;
  }
  export const curves: { getCurveFromName(name: string, options?: ThreadOptions): Promise<Curve> };
  export const groth16: {
    prove(
      zkey: FileLike,
      witness: FileLike,
      logger?: Logger,
      options?: ThreadOptions,
    ): Promise<{ proof: SnarkjsProof; publicSignals: string[] }>;
    verify(
      vkey: unknown,
      publicSignals: readonly string[],
      proof: unknown,
      logger?: Logger,
    ): Promise<boolean>;
  };
  export const wtns: {
    calculate(input: unknown, wasm: FileLike, wtns: FileLike, options?: object): Promise<void>;
    check(r1cs: FileLike, wtns: FileLike, logger?: Logger): Promise<boolean>;
    exportJson(wtns: FileLike): Promise<bigint[]>;
  };
  export const powersOfTau: {
    newAccumulator(curve: Curve, power: number, file: FileLike, logger?: Logger): Promise<Uint8Array>;
    contribute(
      from: FileLike,
      to: FileLike,
      name: string,
      entropy: string,
      logger?: Logger,
    ): Promise<Uint8Array>;
    beacon(
      from: FileLike,
      to: FileLike,
      name: string,
      beaconHash: string,
      iterationsExp: number,
      logger?: Logger,
    ): Promise<Uint8Array>;
    preparePhase2(from: FileLike, to: FileLike, logger?: Logger): Promise<void>;
    verify(file: FileLike, logger?: Logger): Promise<boolean>;
  };
  export const zKey: {
    newZKey(r1cs: FileLike, ptau: FileLike, zkey: FileLike, logger?: Logger): Promise<Uint8Array | -1>;
    contribute(
      from: FileLike,
      to: FileLike,
      name: string,
      entropy: string,
      logger?: Logger,
    ): Promise<Uint8Array>;
    beacon(
      from: FileLike,
      to: FileLike,
      name: string,
      beaconHash: string,
      iterationsExp: number,
      logger?: Logger,
    ): Promise<Uint8Array>;
    verifyFromR1cs(r1cs: FileLike, ptau: FileLike, zkey: FileLike, logger?: Logger): Promise<boolean>;
    exportVerificationKey(zkey: FileLike, logger?: Logger): Promise<Record<string, unknown>>;
    exportJson(zkey: FileLike): Promise<Record<string, unknown>>;
  };
  export const r1cs: { info(file: FileLike, logger?: Logger): Promise<Record<string, unknown>> };
}
