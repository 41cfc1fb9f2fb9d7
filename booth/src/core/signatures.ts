// A stored signature of a petition as it is sent.
import {
  type PetitionReceipt,
  petitionRecord,
  submitPetitionSignature,
  type ValidPetition,
} from "@commune-zk/prover";
import type { StoredSignature } from "./storage.ts";
import { Submitting } from "./submitting.ts";
import type { Surroundings } from "./surroundings.ts";

/** Codes that later may turn into a receipt. */
const LATER: ReadonlySet<string> = new Set(["petition-not-open", "petition-unknown", "unexpected-answer"]);

/**
 * One signature on its way.
 *
 * @param stored - as it is stored already.
 * @param onChange - called after every change of its state.
 * @throws InputError - the stored signature is none.
 */
export function signing({
  surroundings,
  petition,
  stored,
  onChange,
}: {
  surroundings: Surroundings;
  petition: ValidPetition;
  stored: StoredSignature;
  onChange: () => void;
}): Submitting<PetitionReceipt> {
  const { signature } = stored;
  return new Submitting<PetitionReceipt>({
    surroundings,
    scope: petition.petitionId,
    record: petitionRecord(signature),
    submit: (options) => submitPetitionSignature({ petition, signature }, options),
    later: LATER,
    async settle(change) {
      const value = { ...stored, ...change };
      await surroundings.storage.write([{ store: "signatures", key: value.petitionId, value }]);
    },
    onChange,
  });
}
