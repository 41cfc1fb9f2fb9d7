// The polynomial that a proof divides by the domain's: its values where the setup wants them.

import { SCALAR_BYTES } from "../formats/kernel-points.ts";
import { NUMBER_BYTES } from "../wasm/kernels.ts";
import type { LoadedProvingKey, Rows } from "./proving-key.ts";

/**
 * Address of the scalars of Σh: values of (A·w)∘(B·w) − C·w on the odd coset, as snarkjs' setup expects them.
 *
 * @param witness - address of all values, 32 bytes each.
 */
export async function quotientOf(
  { workspace, variables, power, ...key }: LoadedProvingKey,
  witness: number,
  between: () => Promise<void>,
): Promise<number> {
  const { kernels } = workspace;
  const size = 2 ** power;
  const quotient = workspace.allocate(size * SCALAR_BYTES);
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
  return quotient;
}
