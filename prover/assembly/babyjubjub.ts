// BabyJubJub, a·x² + y² = 1 + d·x²·y² over the scalar field with a = 168700, d = 168696 (EIP-2494), in extended
// coordinates (X, Y, Z, T), x = X/Z, y = Y/Z, T = XY/Z. a is a square and d is none: the formulas have no exceptions.
// Source: Hisil, Wong, Carter and Dawson, ASIACRYPT 2008; EFD, twisted-extended add-2008-hwcd, dbl-2008-hwcd.

import { A_OF_CURVE, D_OF_CURVE } from "./curve-constants";
import * as F from "./field";

const B: usize = F.BYTES;
const POINT: usize = 4 * B;
const V = memory.data(36 * 8);
const V0 = V;
const V1 = V + 36;
const V2 = V + 72;
const V3 = V + 108;
const V4 = V + 144;
const V5 = V + 180;
const V6 = V + 216;
const V7 = V + 252;

/** out = p + q. */
export function add(out: usize, p: usize, q: usize): void {
  F.mul(V0, p, q);
  F.mul(V1, p + B, q + B);
  F.mul(V2, p + 3 * B, q + 3 * B);
  F.mul(V2, V2, D_OF_CURVE);
  F.mul(V3, p + 2 * B, q + 2 * B);
  F.add(V4, p, p + B);
  F.add(V5, q, q + B);
  F.mul(V4, V4, V5);
  F.sub2(V4, V4, V0, V1);
  F.mul(V7, V0, A_OF_CURVE);
  F.sub(V7, V1, V7);
  F.sub(V5, V3, V2);
  F.add(V6, V3, V2);
  finish(out);
}

/** out = 2p. */
export function double(out: usize, p: usize): void {
  F.sqr(V0, p);
  F.sqr(V1, p + B);
  F.sqr(V2, p + 2 * B);
  F.add(V2, V2, V2);
  F.mul(V3, V0, A_OF_CURVE);
  F.add(V4, p, p + B);
  F.sqr(V4, V4);
  F.sub2(V4, V4, V0, V1);
  F.add(V6, V3, V1);
  F.sub(V5, V6, V2);
  F.sub(V7, V3, V1);
  finish(out);
}

/** From E, F, G, H in V4 … V7. */
function finish(out: usize): void {
  F.mul(out, V4, V5);
  F.mul(out + B, V6, V7);
  F.mul(out + 2 * B, V5, V6);
  F.mul(out + 3 * B, V4, V7);
}

const TABLE = memory.data(16 * 144);

/** out = scalar·p: 32 bytes, little-endian, any number; four bits at a time. Variable time. */
export function multiply(out: usize, p: usize, scalar: usize): void {
  setIdentity(TABLE);
  memory.copy(TABLE + POINT, p, POINT);
  for (let i: usize = 2; i < 16; i++) add(TABLE + i * POINT, TABLE + (i - 1) * POINT, p);
  setIdentity(out);
  for (let i: usize = 64; i-- > 0; ) {
    double(out, out);
    double(out, out);
    double(out, out);
    double(out, out);
    const digit = (<usize>load<u8>(scalar + (i >> 1)) >> ((i & 1) << 2)) & 15;
    if (digit !== 0) add(out, out, TABLE + digit * POINT);
  }
}

function setIdentity(out: usize): void {
  F.setZero(out);
  F.copy(out + B, F.ONE);
  F.copy(out + 2 * B, F.ONE);
  F.setZero(out + 3 * B);
}
