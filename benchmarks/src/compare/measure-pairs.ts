// Takes the times of two sides in turns, every proof checked.
import { checkProof, type ProofCoordinates, proofToJson } from "@commune-zk/prover";
import type { TimedProof } from "../harness/timed-proof.ts";
import type { SideProof } from "./serve-side.ts";
import type { Side } from "./side.ts";
import { PAIRS_PER_BLOCK } from "./statistics.ts";

/** Times of one proof. */
export type ProofTimes = Pick<SideProof, "wallMs" | "cpuMs">;

/** One proof of each side, one right after the other. */
export interface TimedPair {
  readonly base: ProofTimes;
  readonly head: ProofTimes;
}

/** What is measured. */
export interface PairPlan {
  readonly base: Pick<Side, "prove">;
  readonly head: Pick<Side, "prove">;
  /** An even number: half of the pairs begin with each side. */
  readonly pairs: number;
  /** @throws Error - another thing was proven, or nothing. */
  readonly verify: (made: Pick<TimedProof, "proof" | "publicSignals">) => Promise<void>;
  /** Proofs of each side before the first that is timed; {@link WARM_UPS} unless told. At least one. */
  readonly warmUps?: number;
  readonly onPair?: (done: number) => void;
}

/** A side made a proof that is none. */
export class ProofInvalidError extends Error {}

/**
 * Proofs of each side before the first that is timed. V8 compiles the kernels anew, for good, around the fifth, on
 * the process's clock, and a part of them again around the ninth.
 */
export const WARM_UPS = 10;

/**
 * Both sides prove, and are checked, before anything is timed. Then come blocks A B B A, in which each side proves
 * first as often as the other; both proofs of a pair are checked after the second clock stopped.
 *
 * @throws RangeError - no proof before the first that is timed, or half a block.
 * @throws ProofInvalidError - a proof that does not verify, or of another statement.
 * @throws SideError - a side made no proof.
 * @throws DOMException - the reason of the signal, after it fired.
 */
export async function measurePairs(
  { base, head, pairs, verify, warmUps = WARM_UPS, onPair }: PairPlan,
  signal: AbortSignal,
): Promise<TimedPair[]> {
  if (warmUps < 1) throw new RangeError("warmUps is 0: a side is checked before it is timed");
  if (pairs % PAIRS_PER_BLOCK !== 0) throw new RangeError(`${pairs} pairs, expected whole blocks`);
  const sides = { base, head };
  const check = async (name: keyof typeof sides, made: SideProof): Promise<void> => {
    try {
      const proof = checkProof(made.proof as ProofCoordinates);
      await verify({
        proof: JSON.stringify(proofToJson(proof)),
        publicSignals: made.publicSignals.map(String),
      });
    } catch (cause) {
      throw new ProofInvalidError(`a proof of the ${name} is not good: ${String(cause)}`, { cause });
    }
  };
  for (let round = 0; round < warmUps; round++) {
    for (const name of ["base", "head"] as const) {
      signal.throwIfAborted();
      await check(name, await sides[name].prove());
    }
  }
  const times: TimedPair[] = [];
  while (times.length < pairs) {
    signal.throwIfAborted();
    let made: Readonly<Record<keyof typeof sides, SideProof>>;
    if (times.length % 2 === 0) {
      const ofBase = await base.prove();
      made = { base: ofBase, head: await head.prove() };
    } else {
      const ofHead = await head.prove();
      made = { base: await base.prove(), head: ofHead };
    }
    for (const name of ["base", "head"] as const) await check(name, made[name]);
    times.push({ base: timesOf(made.base), head: timesOf(made.head) });
    onPair?.(times.length);
  }
  return times;
}

function timesOf({ wallMs, cpuMs }: SideProof): ProofTimes {
  return { wallMs, cpuMs };
}
