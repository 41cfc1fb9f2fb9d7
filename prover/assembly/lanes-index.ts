// What prover/src/wasm sees of the kernels in lanes, which work in the memory of the scalar ones.

export {
  fromScalarEach as frFromScalarEach,
  productEach as frProductEach,
  quotient as frQuotient,
  scaleReversed as frScaleReversed,
  toLanes as frToLanes,
  transform as frTransform,
} from "./fr/domain";
export { mul as frMul } from "./fr/lanes";
export {
  bucketScratch as g1BucketScratch,
  pointBytes as g1PointBytes,
  sumBuckets as g1SumBuckets,
} from "./g1/buckets";
export { addPairs as g1AddPairs, fromScalar as g1FromScalar } from "./g1/points";
export {
  bucketScratch as g2BucketScratch,
  pointBytes as g2PointBytes,
  sumBuckets as g2SumBuckets,
} from "./g2/buckets";
export { addPairs as g2AddPairs, fromScalar as g2FromScalar } from "./g2/points";
export {
  fromScalar as fqFromScalar,
  gather as fqGather,
  mul as fqMul,
  scatter as fqScatter,
  sqr as fqSqr,
  toScalar as fqToScalar,
} from "./lanes";

/** Where memory begins that the kernels do not use themselves. */
export function heapBase(): usize {
  return __heap_base;
}
