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
  { workspace, variables, power, lists, ...key }: LoadedProvingKey,
  quotient: number,
  witness: number,
  between: () => Promise<void>,
): Promise<void> {
  const { kernels } = workspace;
  const { domain } = lists;
  const size = 2 ** power;
  const mark = workspace.mark();
  const [a, b, c, spare] = [0, 1, 2, 3].map(() => lists.allocate(size)) as [number, number, number, number];
  const numbers = workspace.allocate(variables * NUMBER_BYTES);
  kernels.frFromBytesEach(numbers, witness, variables);
  const sums = workspace.allocate(size * NUMBER_BYTES);
  const rows = (list: number, { entries, count }: Rows): void => {
    kernels.frRows(sums, size, entries, count, numbers);
    lists.put(list, size, sums);
  };
  rows(a, key.rowsA);
  await between();
  rows(b, key.rowsB);
  // C·w = (A·w)∘(B·w) on the domain, for a witness that satisfies the circuit.
  domain.frProductEach(c, size, a, b);
  const onCoset = async (from: number, to: number): Promise<number> => {
    await between();
    domain.frTransform(from, size, key.inverseTwiddles);
    await between();
    domain.frScaleReversed(to, from, power, key.coset);
    domain.frTransform(to, size, key.twiddles);
    return to;
  };
  const third = await onCoset(c, spare);
  const second = await onCoset(b, c);
  const first = await onCoset(a, b);
  await between();
  domain.frQuotient(quotient, size, first, second, third);
  workspace.release(mark);
}
