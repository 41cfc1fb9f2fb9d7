// What a snarkjs zkey says about its phase-2 ceremony. Source: snarkjs 0.7.6, src/zkey_utils.js (readMPCParams).

/** Section of a zkey that lists contributions. */
const CONTRIBUTIONS = 10;
/** deltaAfter, g1_s, g1_sx (G1, 64 bytes each), g2_spx (G2, 128) and the transcript's hash (64). */
const CONTRIBUTION_BYTES = 64 + 64 + 64 + 128 + 64;

/**
 * How many contributions a zkey lists, the beacon among them. That they follow from one another is not checked.
 *
 * @throws RangeError - no zkey, or a section that is not used up by its contributions.
 */
export function phase2Contributions(zkey: Uint8Array): number {
  const view = new DataView(zkey.buffer, zkey.byteOffset, zkey.length);
  const u32 = (at: number): number => view.getUint32(at, true);
  if (Buffer.from(zkey.subarray(0, 4)).toString("latin1") !== "zkey") throw new RangeError("not a zkey");
  let at = 12;
  for (let section = 0; section < u32(8); section++) {
    const size = Number(view.getBigUint64(at + 4, true));
    if (u32(at) === CONTRIBUTIONS) return countContributions(u32, at + 12, size);
    at += 12 + size;
  }
  throw new RangeError("the zkey lists no contributions");
}

function countContributions(u32: (at: number) => number, start: number, size: number): number {
  // The hash of the constraint system stands first.
  const count = u32(start + 64);
  let at = start + 68;
  for (let i = 0; i < count; i++) {
    // type, then the length of name and beacon.
    at += CONTRIBUTION_BYTES + 4;
    at += 4 + u32(at);
  }
  if (at !== start + size) throw new RangeError("the section of contributions is not as long as they are");
  return count;
}
