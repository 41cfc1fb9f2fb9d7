// snarkjs and circomlibjs keep one curve with its worker threads for the life of the process.

/** Ends those threads, so that the process ends by itself. Nothing may use snarkjs afterwards. */
export async function endThreads(): Promise<void> {
  const { curve_bn128: curve } = globalThis as { curve_bn128?: { terminate(): Promise<void> } };
  await curve?.terminate();
}
