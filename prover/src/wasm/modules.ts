// What the kernels are instantiated from.

/** The kernels as compiled code. It may be sent to another thread, which then compiles nothing. */
export interface KernelModules {
  readonly scalar: WebAssembly.Module;
  /** The kernels of relaxed SIMD, where the environment takes them and they are wanted. */
  readonly lanes: WebAssembly.Module | undefined;
}

/** What both import. */
export const KERNEL_IMPORTS = {
  env: {
    abort() {
      throw new Error("a kernel was given what it cannot take");
    },
  },
};
