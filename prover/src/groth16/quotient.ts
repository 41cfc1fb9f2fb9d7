// The polynomial that a proof divides by the domain's: its values where the setup wants them.

import { NUMBER_BYTES } from "../wasm/kernels.ts";
import type { LoadedProvingKey, Rows } from "./proving-key.ts";

/**
 * Values of (A·w)∘(B·w) − C·w on the odd coset, as snarkjs' setup expects them, 32 bytes each.
 *
 * @param quotient - address that they are written to.
 * @param witness - address of all values of w, 32 bytes each.
 */
export async function computeQuotient(
  { workspace, variables, power, ...key }: LoadedProvingKey,
  quotient: number,
  witness: number,
  between: () => Promise<void>,
): Promise<void> {
  const { kernels } = workspace;
  const size = 2 ** power;
  const mark = workspace.mark();
  const numbers = workspace.allocate(variables * NUMBER_BYTES);
  kernels.frFromBytesEach(numbers, witness, variables);
  const rows = ({ entries, count }: Rows): number => {
    const at = workspace.allocate(size * NUMBER_BYTES);
    kernels.frRows(at, size, entries, count, numbers);
    return at;
  };
  const a = rows(key.rowsA);
  await between();
  const b = rows(key.rowsB);
  const c = workspace.allocate(size * NUMBER_BYTES);
  // C·w = (A·w)∘(B·w) on the domain, for a witness that satisfies the circuit.
  kernels.frProductEach(c, size, a, b);
  for (const polynomial of [a, b, c]) {
    await between();
    kernels.frTransform(polynomial, size, key.inverseTwiddles);
    await between();
    kernels.frScaleReversed(polynomial, power, key.coset);
    kernels.frTransform(polynomial, size, key.twiddles);
  }
  await between();
  kernels.frQuotient(quotient, size, a, b, c);
  workspace.release(mark);
}
