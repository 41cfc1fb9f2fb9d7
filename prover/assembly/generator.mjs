// What the generators of the arithmetic share.

/** a⁻¹ mod n, by Euclid's algorithm; `a` and `n` have no common divisor. */
export function inverseMod(a, n) {
  let [r0, r1, s0, s1] = [n, ((a % n) + n) % n, 0n, 1n];
  while (r1 !== 0n) {
    const k = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - k * r1, s1, s0 - k * s1];
  }
  return ((s0 % n) + n) % n;
}

export const range = (n) => Array.from({ length: n }, (_, i) => i);

/** `line(0)` … `line(n − 1)`, each on a line of its own. */
export const lines = (n, line) => range(n).map(line).join("\n");
