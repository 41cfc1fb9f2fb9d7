// What prover/src/wasm sees of the kernels. build.mjs lays the files out: g1 and g2 are one source over two fields.
import { LAMBDA } from "./g1/endomorphism";

export {
  add as fp2Add,
  inverse as fp2Inverse,
  mul as fp2Mul,
  sqr as fp2Sqr,
  sub as fp2Sub,
} from "./fp2";
export {
  add as fqAdd,
  fromBytes as fqFromBytes,
  fromFile as fqFromFile,
  inverse as fqInverse,
  isZero as fqIsZero,
  mayBeZero as fqMayBeZero,
  mul as fqMul,
  neg as fqNeg,
  sqr as fqSqr,
  sub as fqSub,
  sub2Small as fqSub2Small,
  subLazy as fqSubLazy,
  toBytes as fqToBytes,
  toMontgomery as fqToMontgomery,
} from "./fq";
export {
  add as frAdd,
  fromBytes as frFromBytes,
  fromFile as frFromFile,
  inverse as frInverse,
  isZero as frIsZero,
  mayBeZero as frMayBeZero,
  mul as frMul,
  neg as frNeg,
  pow as frPow,
  product2 as frProduct2,
  product3 as frProduct3,
  sqr as frSqr,
  sub as frSub,
  sub2Small as frSub2Small,
  subLazy as frSubLazy,
  toBytes as frToBytes,
  toMontgomery as frToMontgomery,
} from "./fr";
export { add as jubAdd, double as jubDouble, multiply as jubMultiply } from "./fr/babyjubjub";
export {
  keysScratch as jubKeysScratch,
  makeTable as jubMakeTable,
  sumKeys as jubSumKeys,
  tableBytes as jubTableBytes,
} from "./fr/babyjubjub-sums";
export {
  entriesFromFile as frEntriesFromFile,
  fromBytesEach as frFromBytesEach,
  powers as frPowers,
  productEach as frProductEach,
  quotient as frQuotient,
  rows as frRows,
  scaleBytesEach as frScaleBytesEach,
  scaleReversed as frScaleReversed,
  transform as frTransform,
} from "./fr/domain";
export { poseidon as frPoseidon } from "./fr/poseidon";
export {
  bucketScratch as g1BucketScratch,
  pointBytes as g1PointBytes,
  sumBuckets as g1SumBuckets,
} from "./g1/buckets";
export {
  addAffine as g1AddAffine,
  addExtended as g1AddExtended,
  addPairs as g1AddPairs,
  double as g1Double,
  mulShort as g1MulShort,
  setExtendedInfinity as g1SetInfinity,
  toAffine as g1ToAffine,
} from "./g1/curve";
export { decompose as g1Decompose } from "./g1/decompose";
export {
  expand as g1Expand,
  msmBegin as g1MsmBegin,
  msmBits as g1MsmBits,
  msmDigits as g1MsmDigits,
  msmPoints as g1MsmPoints,
  msmWindow as g1MsmWindow,
  windowsFor as g1MsmWindows,
} from "./g1/msm";
export {
  bucketScratch as g2BucketScratch,
  pointBytes as g2PointBytes,
  sumBuckets as g2SumBuckets,
} from "./g2/buckets";
export {
  addAffine as g2AddAffine,
  addExtended as g2AddExtended,
  addPairs as g2AddPairs,
  double as g2Double,
  setExtendedInfinity as g2SetInfinity,
  toAffine as g2ToAffine,
} from "./g2/curve";
export { decompose as g2Decompose } from "./g2/decompose";
export {
  expand as g2Expand,
  msmBegin as g2MsmBegin,
  msmBits as g2MsmBits,
  msmDigits as g2MsmDigits,
  msmPoints as g2MsmPoints,
  msmWindow as g2MsmWindow,
  windowsFor as g2MsmWindows,
} from "./g2/msm";
export { isInSubgroup as g2IsInSubgroup } from "./g2/subgroup";

export {
  finalExponentiation as pairingFinalExponentiation,
  isOneInTarget as pairingIsOne,
  linesBytes as pairingLinesBytes,
  miller as pairingMiller,
  prepare as pairingPrepare,
} from "./pairing";
export { mul12 as fp12Mul } from "./tower";

/** Address of λ of G1's endomorphism, 32 bytes, little-endian. */
export function g1Lambda(): usize {
  return LAMBDA;
}

/** Where memory begins that the kernels do not use themselves. */
export function heapBase(): usize {
  return __heap_base;
}
