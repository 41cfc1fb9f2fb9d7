// Code of the kernels as prover/assembly/build.mjs leaves it, compiled once. Whoever imports this carries that code.
import { LANES } from "./generated/lanes.ts";
import { SCALAR } from "./generated/scalar.ts";
import type { KernelModules } from "./modules.ts";

/** Which kernels are compiled. */
export interface KernelOptions {
  /** False: none of relaxed SIMD, also where the environment has it. */
  readonly relaxedSimd?: boolean | undefined;
}

let scalar: WebAssembly.Module | undefined;
let lanes: WebAssembly.Module | undefined;

/** The kernels, compiled when they are first asked for. */
export async function compileKernels({ relaxedSimd = true }: KernelOptions = {}): Promise<KernelModules> {
  scalar ??= await WebAssembly.compile(decode(SCALAR));
  if (relaxedSimd) lanes ??= await compileLanes();
  return { scalar, lanes: relaxedSimd ? lanes : undefined };
}

/**
 * The scalar kernels at once, for callers that cannot wait.
 *
 * @throws RangeError - a browser that compiles nothing of this size in a page's main thread: older versions of Chromium.
 */
export function scalarKernelsNow(): WebAssembly.Module {
  scalar ??= new WebAssembly.Module(decode(SCALAR));
  return scalar;
}

/** Whether the environment takes the kernels of relaxed SIMD; whether they compute rightly is not known by that. */
export function hasRelaxedSimd(): boolean {
  return lanes !== undefined || WebAssembly.validate(decode(LANES));
}

/** Undefined, and asked again the next time, where the environment does not take them. */
async function compileLanes(): Promise<WebAssembly.Module | undefined> {
  const code = decode(LANES);
  return WebAssembly.validate(code) ? await WebAssembly.compile(code) : undefined;
}

function decode(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (digit(hex.charCodeAt(2 * i)) << 4) | digit(hex.charCodeAt(2 * i + 1));
  }
  return bytes;
}

/** Of 0 … 9 or a … f, by its code. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}
