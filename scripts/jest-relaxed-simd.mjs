// Tests run with relaxed SIMD wherever Node has it, as browsers do; Node 24 and later have it without a word. Those of
// the scalar kernels say so.
import { setFlagsFromString } from "node:v8";

if (Number(process.versions.node.split(".")[0]) < 24) {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
}
