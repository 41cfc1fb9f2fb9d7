// Where the time of a proof goes, by what WebAssembly is called for.
import { type Engine, type ProvenStatement, proofToJson } from "@commune-zk/prover";
import { inputsFromJson } from "./captured-inputs.ts";
import type { PreparedWorkload } from "./harness/workloads.ts";

/** A function of WebAssembly, or all that is none. */
export interface ProfileRow {
  readonly name: string;
  /** Of a proof, the mean. */
  readonly calls: number;
  /** Of a proof, the mean. */
  readonly milliseconds: number;
}

/** Row of what runs outside of WebAssembly. */
export const ELSEWHERE = "JavaScript, waiting, compiling";

/** Warm proofs before any that counts: a process compiles its kernels for good around the fifth. */
const WARM_UP = 6;

/**
 * Makes proofs with a clock around every exported function. The engine has to be made by `makeEngine`, which is called
 * once the clocks are in place, and to work in this thread alone; the kernels' functions do not call each other through their
 * exports, so that no time is counted twice.
 *
 * @returns rows, the longest first; together they make up the proof's time.
 * @throws Error - a proof does not verify.
 */
export async function profileProofs(
  makeEngine: () => Engine,
  { wasm, provingKey, inputs, verify }: PreparedWorkload,
  runs: number,
): Promise<ProfileRow[]> {
  const clocks = new Map<string, { calls: number; milliseconds: number }>();
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = (async (
    source: BufferSource | WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => {
    if (source instanceof WebAssembly.Module) return clocked(await instantiate(source, imports), clocks);
    const { module, instance } = await instantiate(source, imports);
    return { module, instance: clocked(instance, clocks) };
  }) as typeof instantiate;
  try {
    const engine = makeEngine();
    const prove = (): Promise<ProvenStatement> =>
      engine.prove({
        artifacts: { wasm: wasm.bytes, provingKey: provingKey.bytes },
        inputs: inputsFromJson(inputs),
      });
    for (let i = 0; i < WARM_UP; i++) await prove();
    clocks.clear();
    let total = 0;
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const { proof, publicSignals } = await prove();
      total += performance.now() - start;
      await verify({ proof: JSON.stringify(proofToJson(proof)), publicSignals: publicSignals.map(String) });
    }
    await engine.dispose();
    return rowsOf(clocks, total, runs);
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

function rowsOf(
  clocks: ReadonlyMap<string, { readonly calls: number; readonly milliseconds: number }>,
  total: number,
  runs: number,
): ProfileRow[] {
  const rows = [...clocks].map(([name, { calls, milliseconds }]) => ({
    name,
    calls: calls / runs,
    milliseconds: milliseconds / runs,
  }));
  const inside = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  rows.push({ name: ELSEWHERE, calls: 1, milliseconds: total / runs - inside });
  return rows.sort((a, b) => b.milliseconds - a.milliseconds);
}

/** An instance whose functions are timed. A witness calculator's are taken together: there are hundreds of thousands of calls. */
function clocked(
  { exports }: WebAssembly.Instance,
  clocks: Map<string, { calls: number; milliseconds: number }>,
): WebAssembly.Instance {
  const isCalculator = "getWitness" in exports;
  const timed = Object.entries(exports).map(([name, value]) => {
    // A word at a time goes over these two: a clock would take longer than they do.
    if (typeof value !== "function" || /SharedRWMemory$|^getWitness$/.test(name)) return [name, value];
    const call = (...args: unknown[]): unknown => {
      const start = performance.now();
      try {
        return value(...args);
      } finally {
        const own = isCalculator ? "the witness calculator" : name;
        const clock = clocks.get(own) ?? { calls: 0, milliseconds: 0 };
        clock.calls++;
        clock.milliseconds += performance.now() - start;
        clocks.set(own, clock);
      }
    };
    return [name, call];
  });
  return { exports: Object.fromEntries(timed) };
}
