// Code of the kernels as prover/assembly/build.mjs leaves it, and what it imports.

/** What both modules of kernels import. */
export const KERNEL_IMPORTS = {
  env: {
    abort() {
      throw new Error("a kernel was given what it cannot take");
    },
  },
};

/** A module's bytes. */
export function decodeKernels(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
