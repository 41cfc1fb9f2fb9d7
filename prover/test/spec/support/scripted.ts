// Random numbers that a test chooses.
import { jest } from "@jest/globals";
import { uintBytes } from "../../../src/formats/bytes.ts";

/** A draw of 31 or 32 bytes from the CSPRNG; a scalar stands for its 32 big-endian bytes. */
type Draw = bigint | Uint8Array;

/**
 * Runs work whose draws from the CSPRNG are exactly these, in order.
 *
 * @throws Error - work drew more, or fewer.
 */
export async function withDraws<T>(draws: readonly Draw[], work: () => T | Promise<T>): Promise<T> {
  const left = draws.map((draw) => (typeof draw === "bigint" ? uintBytes(draw, 32) : draw));
  const original = crypto.getRandomValues.bind(crypto);
  const spy = jest.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    // Ours are of 32 bytes, salts of 31. noble blinds its ladder with 16: that changes no result, and stays random.
    if (!(array instanceof Uint8Array) || ![31, 32].includes(array.length)) return original(array);
    const next = left.shift();
    if (next === undefined) throw new Error("more draws than were scripted");
    if (next.length !== array.length) throw new Error(`a draw of ${array.length} bytes was not scripted`);
    array.set(next);
    return array;
  });
  try {
    const result = await work();
    if (left.length > 0) throw new Error(`${left.length} scripted draws were not made`);
    return result;
  } finally {
    spy.mockRestore();
  }
}
