// A committee hands the registry what it has signed.
import { type ClientOptions, postCreditBatch, postRevocation } from "@commune-zk/prover";
import { isBatch, readCommittee } from "./committee.ts";

/**
 * Sends every act in its order, up to the first that is refused. What the registry has, it takes as the first
 * time, so that this may be repeated at will.
 *
 * @returns how many acts the registry has now.
 * @throws InputError - the registry refused one, `code` is its problem code; as `readCommittee`.
 * @throws Error - no answer; safe to repeat.
 */
export async function send(directory: string, options: ClientOptions): Promise<number> {
  const { acts } = await readCommittee(directory);
  for (const act of acts) await (isBatch(act) ? postCreditBatch(act, options) : postRevocation(act, options));
  return acts.length;
}
