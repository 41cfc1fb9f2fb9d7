// Memory that several threads see, where the environment has it.

/**
 * A copy of secret bytes that a thread can be sent: in shared memory where there is such, so that it is the only copy
 * and whoever made it overwrites it; else an ordinary one, which is moved to the thread and is overwritten there.
 */
export function sendable(bytes: Uint8Array): {
  readonly bytes: Uint8Array;
  readonly transfer: ArrayBuffer[];
} {
  if (isShared(bytes)) return { bytes, transfer: [] };
  const copy = new Uint8Array(bytes);
  return { bytes: copy, transfer: [copy.buffer as ArrayBuffer] };
}

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
