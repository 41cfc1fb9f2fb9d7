// The engines that are measured, in a browser and in Node. A new one is one entry here.
import { type Engine, type ThreadOptions, wasmEngine } from "@commune-zk/prover";
import { MEMBERS_ENGINE, type Workload } from "../results/schema.ts";
import { snarkjsEngine } from "./snarkjs-engine.ts";

/** A member of a roll with a scope and a message, for engines that make circuit inputs themselves. */
export interface MembershipStatement {
  /** Of a made-up member, hexadecimal. */
  readonly privateKey: string;
  /** Decimal, as everything that follows. */
  readonly root: string;
  readonly index: number;
  readonly siblings: readonly string[];
  readonly scope: string;
  readonly message: string;
}

/** An engine, as it is measured. */
export interface BenchEngine {
  readonly name: string;
  /** Of the package that proves. */
  readonly version: string;
  /** Whether it can prove a statement. */
  proves(workload: Workload): boolean;
  /** Whether it makes workers from strings: a host with a careful policy has to allow `blob:` for it. */
  readonly wantsBlobWorkers: boolean;
  /**
   * @param membership - of a membership statement; null for every other.
   * @param threads - those of the environment; without them an engine of ours works alone.
   */
  create(membership: MembershipStatement | null, threads?: ThreadOptions): Promise<Engine>;
}

/** Every engine there is. Those that are not ours are loaded when they are first asked for. */
export const ENGINES: readonly BenchEngine[] = [
  {
    name: MEMBERS_ENGINE,
    version: "0.1.0",
    proves: () => true,
    wantsBlobWorkers: false,
    create: async (_membership, threads) => wasmEngine(threads && { threads }),
  },
  {
    name: "snarkjs",
    version: "0.7.6",
    proves: () => true,
    wantsBlobWorkers: false,
    create: async () => snarkjsEngine(),
  },
  {
    name: "@semaphore-protocol/proof",
    version: "4.14.3",
    proves: (workload) => workload.startsWith("semaphore-"),
    wantsBlobWorkers: true,
    async create(membership) {
      if (membership === null) throw new TypeError("the stock client proves membership alone");
      const { stockSemaphoreEngine } = await import("./stock-semaphore.ts");
      return stockSemaphoreEngine(membership);
    },
  },
];

/** Ours in one thread. Of the history it is no part: there it works as it does for members. */
export const OURS_ALONE: BenchEngine = {
  name: `${MEMBERS_ENGINE} in one thread`,
  version: "0.1.0",
  proves: () => true,
  wantsBlobWorkers: false,
  create: async () => wasmEngine(),
};

/** Ours where there is no relaxed SIMD: in Safari, and in Node 20 unless it is allowed. */
export const OURS_SCALAR: BenchEngine = {
  name: `${MEMBERS_ENGINE} without relaxed SIMD`,
  version: "0.1.0",
  proves: () => true,
  wantsBlobWorkers: false,
  create: async (_membership, threads) => wasmEngine({ relaxedSimd: false, ...(threads && { threads }) }),
};

/** snarkjs as it works unless told otherwise. */
export const SNARKJS_WITH_THREADS: BenchEngine = {
  name: "snarkjs with threads of its own",
  version: "0.7.6",
  proves: () => true,
  wantsBlobWorkers: true,
  create: async () => snarkjsEngine({ ownThreads: true }),
};

/** @throws RangeError - there is no such engine. */
export function engineNamed(name: string): BenchEngine {
  const engine = [...ENGINES, OURS_ALONE, OURS_SCALAR, SNARKJS_WITH_THREADS].find(
    (each) => each.name === name,
  );
  if (engine === undefined) throw new RangeError(`no engine is named ${name}`);
  return engine;
}
