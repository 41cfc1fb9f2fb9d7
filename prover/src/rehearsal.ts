// Elections made up in one process, for samples, tests and benchmarks: never for a real poll, whose people
// keep their secrets on their own devices.
export { type RehearsedCeremony, rehearseCeremony } from "./rehearsal/ceremony.ts";
export { type RehearsedRoll, randomHex, rehearseRoll } from "./rehearsal/members.ts";
export {
  completePoll,
  draftPoll,
  type PollPlan,
  type RehearsedPoll,
  rehearsePoll,
  signedPoll,
} from "./rehearsal/poll.ts";
