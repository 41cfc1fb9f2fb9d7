// Whether a point of the twist lies in the subgroup of order r: Q does if and only if
//
//   (u + 1)·Q + ψ(u·Q) + ψ²(u·Q) = ψ³(2u·Q).
//
// Source: Dai, Lin, Zhao and Zhou, ePrint 2022/348 §4. "If": with ψ² − tψ + p = 0 the difference of the two sides is
// (b + a·ψ)(Q), and N = b² + abt + a²p kills Q; the greatest common divisor of N and the twist's order is r. A test
// computes it.
import { U, U_BITS } from "../constants";
import { addAffine, addExtended, double, EXTENDED, isExtendedInfinity, setExtendedInfinity } from "./curve";
import { apply } from "./endomorphism";
import * as F from "./field";

const UQ = memory.data(288);
const SUM = memory.data(288);

/** @param q - affine, on the twist, not infinity. */
export function isInSubgroup(q: usize): bool {
  setExtendedInfinity(UQ);
  for (let i = U_BITS; i-- > 0; ) {
    double(UQ, UQ);
    if ((U >> <u64>i) & 1) addAffine(UQ, q);
  }
  memory.copy(SUM, UQ, EXTENDED);
  addAffine(SUM, q);
  addImage();
  addImage();
  applyExtended();
  double(UQ, UQ);
  F.neg(UQ + F.BYTES, UQ + F.BYTES);
  addExtended(SUM, UQ);
  return isExtendedInfinity(SUM);
}

/** UQ = ψ(UQ), SUM += UQ. */
function addImage(): void {
  applyExtended();
  addExtended(SUM, UQ);
}

/** UQ = ψ(UQ). */
function applyExtended(): void {
  apply(UQ, UQ);
  F.conjugate(UQ + 2 * F.BYTES, UQ + 2 * F.BYTES);
  F.conjugate(UQ + 3 * F.BYTES, UQ + 3 * F.BYTES);
}
