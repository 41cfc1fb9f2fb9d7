// Booths in which nothing happens: until the real one is loaded, and where it cannot be. Their actions do nothing,
// as the contract has it for actions that do not fit the state.
import type { Booth } from "../core/state.ts";

const nothing = (): void => undefined;
const nothingYet = async (): Promise<void> => undefined;

/** A booth that is only starting. */
export const waitingBooth: Booth = {
  state: { at: "starting" },
  developmentKeys: false,
  subscribe: () => nothing,
  createIdentity: nothingYet,
  restoreIdentity: nothingYet,
  unlock: nothingYet,
  lock: nothing,
  wordsWritten: nothing,
  openLink: nothingYet,
  openPoll: nothingYet,
  backToPoll: nothing,
  startChoosing: nothingYet,
  setVotes: nothing,
  cancelProof: nothing,
  review: nothing,
  backToChoosing: nothing,
  cast: nothingYet,
  skipDelay: nothing,
  retryNow: nothing,
  openCheck: nothingYet,
  compareCheckpoint: nothingYet,
  runAudit: nothingYet,
  openHours: nothingYet,
  openPolicy: nothingYet,
  addAttestations: nothingYet,
  claim: nothingYet,
  openPetition: nothingYet,
  signPetition: nothingYet,
  openSignIn: nothingYet,
  signIn: nothingYet,
  evidence: async () => null,
  forgetDevice: nothingYet,
};

/** A booth that could not be opened: the page was set up wrongly, or the browser stores nothing. */
export function refusedBooth(code: string): Booth {
  return {
    ...waitingBooth,
    state: { at: "refused", fault: { code, place: null, evidence: null, retry: false } },
  };
}
