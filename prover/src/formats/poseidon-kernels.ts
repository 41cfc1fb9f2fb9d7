// Poseidon by the kernels of a workspace. prover/assembly/poseidon.ts.
import type { Workspace } from "../wasm/kernels.ts";
import { putNumbers, putScalars, readScalars, SCALAR_BYTES } from "./kernel-points.ts";
import { poseidonSchedule } from "./poseidon-schedule.ts";

interface PlacedSchedule {
  readonly address: number;
  readonly partialRounds: number;
}

/** Schedules in the memory of each workspace, by the size of the state. */
const placed = new WeakMap<Workspace, Map<number, PlacedSchedule>>();

/** Hashes of groups of `width` field elements below r, 1 … 5. */
export function hashGroups(workspace: Workspace, inputs: readonly bigint[], width: number): bigint[] {
  const count = inputs.length / width;
  const schedule = scheduleOf(workspace, width + 1);
  return workspace.within(() => {
    const at = putScalars(workspace, inputs);
    hash(workspace, schedule, { at, count, width });
    return readScalars(workspace, at, count);
  });
}

/**
 * The hash of each pair.
 *
 * @param pairs - field elements, 32 bytes each, little-endian, below r.
 * @returns 32 bytes for each pair, little-endian.
 */
export function hashPairBytes(workspace: Workspace, pairs: Uint8Array): Uint8Array {
  const schedule = scheduleOf(workspace, 3);
  return workspace.within(() => {
    const at = workspace.put(pairs);
    hash(workspace, schedule, { at, count: pairs.length / (2 * SCALAR_BYTES), width: 2 });
    return new Uint8Array(workspace.bytes(at, pairs.length / 2));
  });
}

/** In place: a hash is written where no input is needed any more. */
function hash(
  { kernels }: Workspace,
  { address, partialRounds }: PlacedSchedule,
  { at, count, width }: { at: number; count: number; width: number },
): void {
  kernels.frPoseidon(at, count, at, width + 1, partialRounds, address);
}

/** It stays: whoever asks first has nothing marked. */
function scheduleOf(workspace: Workspace, t: number): PlacedSchedule {
  let schedules = placed.get(workspace);
  if (schedules === undefined) {
    schedules = new Map();
    placed.set(workspace, schedules);
  }
  let found = schedules.get(t);
  if (found === undefined) {
    const { numbers, partialRounds } = poseidonSchedule(t);
    found = { address: putNumbers(workspace, numbers, "fr"), partialRounds };
    schedules.set(t, found);
  }
  return found;
}
