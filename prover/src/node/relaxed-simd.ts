// Relaxed SIMD in Node 20 to 23, where it lies behind a flag.
import { setFlagsFromString } from "node:v8";
import { hasRelaxedSimd } from "../wasm/code.ts";

/**
 * Lets this process use relaxed SIMD, so that engines made afterwards prove faster: their own threads do, too. Node 24
 * and later need no leave. The flag is V8's, holds for all WebAssembly of the process, and cannot be taken back.
 *
 * @returns whether there is relaxed SIMD now.
 */
export function allowRelaxedSimd(): boolean {
  // Where it is there already the flag may not be known any more, and V8 would complain.
  if (!hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
  return hasRelaxedSimd();
}
