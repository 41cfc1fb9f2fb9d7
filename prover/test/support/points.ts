// Points that no decoder may let through.
import { bn254 } from "@noble/curves/bn254.js";
import { babyjubjub } from "@noble/curves/misc.js";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import { BASE8 } from "../../src/formats/point.ts";

const { x, y } = BASE8.toAffine();
// (0, -1) has order 2; adding it leaves the subgroup.
const order2 = babyjubjub.Point.fromAffine({ x: 0n, y: FIELD_ORDER - 1n });
const torsion = BASE8.add(order2).toAffine();

/** Name, coordinates and code of BabyJubJub pairs that are no point of the prime subgroup. */
export const badPoints: [name: string, coordinates: [string, string], code: string][] = [
  ["the identity", ["0", "1"], "point-is-identity"],
  ["the point of order 2", ["0", (FIELD_ORDER - 1n).toString()], "point-outside-subgroup"],
  ["a good point plus torsion", [torsion.x.toString(), torsion.y.toString()], "point-outside-subgroup"],
  ["a point off the curve", [x.toString(), (y + 1n).toString()], "point-off-curve"],
  ["x + r", [(x + FIELD_ORDER).toString(), y.toString()], "not-canonical"],
  ["the origin", ["0", "0"], "point-off-curve"],
];

/** A point on BN254's twist outside the subgroup of order r, in JSON: almost every point of the twist is one. */
export function outsideSubgroup(): [[string, string], [string, string]] {
  const { Fp2 } = bn254.fields;
  const twistB = Fp2.create({
    c0: 19485874751759354771024239261021720505790618469301721065564631296452457478373n,
    c1: 266929791119991161246907387137283842545076965332900288569378510910307636690n,
  });
  for (let n = 1n; ; n++) {
    const abscissa = Fp2.create({ c0: n, c1: 1n });
    try {
      const ordinate = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(abscissa), abscissa), twistB));
      const pair = ({ c0, c1 }: typeof abscissa): [string, string] => [c0.toString(), c1.toString()];
      return [pair(abscissa), pair(ordinate)];
    } catch {
      // No square: the next one.
    }
  }
}
