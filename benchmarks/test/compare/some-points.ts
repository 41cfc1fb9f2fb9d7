// Points where a proof has its points: of no statement, but on their curves.
import { bn254 } from "@noble/curves/bn254.js";

const g1 = bn254.G1.Point.BASE.toAffine();
const g2 = bn254.G2.Point.BASE.toAffine();

/** The generators, as an engine gives a proof out. */
export const somePoints = {
  a: [g1.x, g1.y],
  b: [
    [g2.x.c0, g2.x.c1],
    [g2.y.c0, g2.y.c1],
  ],
  c: [g1.x, g1.y],
} as const;
