// Memory that several threads see, where the environment has it.

/** Zeros in shared memory where pages may have it (cross-origin isolated) and in Node, else in the thread's own. */
export function shareable(length: number): Uint8Array {
  const { crossOriginIsolated = true } = globalThis as { crossOriginIsolated?: boolean };
  const isPossible = crossOriginIsolated && typeof SharedArrayBuffer === "function";
  return new Uint8Array(isPossible ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}

/** Whether other threads may see these bytes. */
export function isShared({ buffer }: Uint8Array): boolean {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}
