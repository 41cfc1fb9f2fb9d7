// A booth of plain data that walks through every state, for screenshots and tests of the page alone.
// Only the build `--mode demo` imports it. Nothing here is proven, stored or sent.
import type {
  Attestation,
  ClaimReceipt,
  PetitionReceipt,
  Receipt,
  Result,
  ValidPetition,
  ValidPolicy,
  ValidPoll,
} from "@commune-zk/prover";
import type {
  Booth,
  BoothState,
  CheckState,
  Fault,
  HoursState,
  Invitation,
  Membership,
  OwnBallot,
  PetitionSession,
  PetitionState,
  PolicySession,
  PollSession,
  SignInSession,
  SignInState,
  VoteForm,
} from "../core/state.ts";

/** A state by name, as the fragment of the demo's address asks for it. */
export type DemoStates = Readonly<Record<string, BoothState>>;

const hex = (byte: string, length: number): string => byte.repeat(length);
const POLL_ID = `501aa3e4a5e7fd91efe75a1f6da7b77887856e479045decb4abc458a790a84`;
const STATEMENT = `9af14ff8a3f4c8d7fc837d78aebe13e502ba23c860373e1f0736c0c3c14c2667`;
const OPTIONS = [
  "Repair the mill roof",
  "A second delivery bicycle",
  "Reading room and radio",
  "Keep it for the winter",
];

const invitation: Invitation = {
  organisation: "Commune of the Five Valleys",
  registrarKey: hex("8a", 32),
  rollId: hex("b0", 32),
  registrarNonce: hex("c0", 32),
};

const membership: Membership = {
  ...invitation,
  request: {
    // As long as a real one.
    link: `https://booth.five-valleys.example/#registration=${"eyJtYWlsYm94S2V5IjoiZDBkMGQwZDBk".repeat(31)}`,
    file: new TextEncoder().encode("{}"),
    fileName: "registration.json",
  },
};

const closesAt = Date.UTC(2027, 3, 18, 18, 0) / 1000;
const document = {
  organisation: { name: invitation.organisation, key: invitation.registrarKey },
  title: "Where shall the spring surplus go?",
  options: OPTIONS,
  rules: { revisions: true },
  roll: { size: 214 },
  opensAt: closesAt - 7 * 86_400,
  closesAt,
  minimumBallots: 10,
  threshold: 3,
  trustees: ["north house", "mill yard", "river ward", "old dairy", "hill farm"].map((place) => ({
    name: `Trustee of the ${place}`,
  })),
  witnesses: [{ name: "Union of the lower valley" }],
  keySet: { kind: "development" },
};

function sessionOf(form: VoteForm, changes: Partial<PollSession> = {}, poll: object = {}): PollSession {
  return {
    // The screens read no more of a poll than this.
    poll: { poll: { ...document, ...poll }, pollId: POLL_ID, anchored: true } as unknown as ValidPoll,
    form,
    phase: "open",
    onRoll: true,
    offline: false,
    knownRegistrar: true,
    ...changes,
  };
}

const single: VoteForm = { kind: "single", optional: false };
const session = sessionOf(single);
const closed = sessionOf(single, { phase: "closed" });

const checkpoint = `board.five-valleys.example/${POLL_ID}
137
PnZSzQVcvGgUHj7t4amXmVeE2KW1QxgcaO5dm+NuBkU=

— board.five-valleys.example/${POLL_ID} 4XgGZ0n0mRZr8m5O0V5tFQ1c7tqYkz8pVjK3XQ0b7d9y2m4n6p8r0t2v4x6z8A==
`;

const receipt: Receipt = {
  type: "commune-zk/receipt/v1",
  pollId: POLL_ID,
  nullifier: "141531629138046404373292696409341134058306483256348606567684145268391479940",
  revision: 0,
  statementHash: STATEMENT,
  index: 116,
  checkpoint,
  inclusion: [],
};
const own: OwnBallot = { revision: 0, statementHash: STATEMENT, receipt };
const sealed: OwnBallot = { revision: 0, statementHash: STATEMENT, receipt: null };

const result: Result = {
  type: "commune-zk/result/v1",
  pollId: POLL_ID,
  closing: hex("6e", 32),
  outcome: "tallied",
  countedBallots: 137,
  keyKind: "development",
  options: [61, 34, 29, 13],
  shards: [],
};
const tooFew: Result = { ...result, outcome: "too-few-ballots", countedBallots: 7, options: [] };

const fault = (code: string, place: string | null, changes: Partial<Fault> = {}): Fault => ({
  code,
  place,
  evidence: null,
  retry: false,
  ...changes,
});
const evidence = "board-inconsistent-0123456789abcdef.json";

const opening: CheckState = {
  ballot: { at: "looking", fraction: null },
  checkpoint: { at: "looking", fraction: null },
  comparison: { at: "unknown" },
  result: { at: "open", because: "not-yet" },
  audit: { at: "unknown" },
};
const good: CheckState = {
  ballot: { at: "good", value: { index: 116, boardSize: 137 } },
  checkpoint: { at: "good", value: { text: checkpoint, size: 137, root: hex("3e", 32) } },
  comparison: { at: "good", value: { otherSize: 92 } },
  result: { at: "good", value: result },
  audit: { at: "good", value: result },
};
const bad: CheckState = {
  ballot: { at: "bad", fault: fault("ballot-not-on-board", "board entry 116", { evidence }) },
  checkpoint: good.checkpoint,
  comparison: { at: "bad", fault: fault("board-inconsistent", "board/checkpoint", { evidence }) },
  result: { at: "good", value: result },
  audit: { at: "bad", fault: fault("result-wrong", "result.json shard 0 slot 0") },
};

function attested(period: number, category: string, amount: number): Attestation {
  return {
    type: "commune-zk/attestation/v1",
    ledgerId: hex("1d", 32),
    issuer: ["1", "2"],
    serial: 0,
    period,
    category,
    amount,
    salt: hex((period + amount).toString(16).slice(-2), 31),
  };
}

const credits = [
  attested(202701, "hours", 505),
  attested(202702, "hours", 460),
  attested(202703, "hours", 390),
  attested(202703, "cyber-literacy", 86),
];
const judged = (codes: readonly (string | null)[]): PolicySession["credits"] =>
  credits.map((attestation, i) => ({
    attestation,
    code: codes[i] ?? null,
    position: (codes[i] ?? null) === null ? 41 + i : null,
    counted: attestation.category === "hours",
  }));
const policyDocument = {
  organisation: document.organisation,
  title: "Who worked twenty hours this quarter?",
  roll: { size: 214 },
  periods: { first: 202701, last: 202703 },
  category: "hours",
  thresholds: [600, 1200, 2400],
  credits: 4,
  opensAt: document.opensAt,
  closesAt,
  keySet: { kind: "development" },
};
const policySession: PolicySession = {
  policy: { policy: policyDocument, claimScope: POLL_ID } as unknown as ValidPolicy,
  phase: "open",
  onRoll: true,
  credits: judged([]),
  reachable: [600, 1200],
  offline: false,
  knownRegistrar: true,
};
const claimReceipt: ClaimReceipt = {
  type: "commune-zk/claim-receipt/v1",
  claimScope: POLL_ID,
  nullifier: receipt.nullifier,
  statementHash: STATEMENT,
  index: 36,
  checkpoint,
  inclusion: [],
};
const hours = (state: HoursState): BoothState => ({ at: "hours", hours: state });
const claiming = { session: policySession, threshold: 1200 };

const petitionSession: PetitionSession = {
  // The screens read no more of a petition than this.
  petition: {
    petition: {
      organisation: document.organisation,
      title: "A second oven for the bakery",
      text: [
        "The one oven of the bakery burns from four in the morning, and still there is no bread for the river ward on Saturdays.",
        "We ask the assembly to put a second oven to the vote before the harvest, and to have the bakery's committee say what it would cost.",
      ],
      opensAt: document.opensAt,
      closesAt,
    },
    petitionId: POLL_ID,
    roll: { members: 214 },
  } as unknown as ValidPetition,
  phase: "open",
  onRoll: true,
  offline: false,
  knownRegistrar: true,
};
const petitionReceipt: PetitionReceipt = {
  type: "commune-zk/petition-receipt/v1",
  petitionId: POLL_ID,
  nullifier: receipt.nullifier,
  statementHash: STATEMENT,
  index: 92,
  checkpoint,
  inclusion: [],
};
const petition = (state: PetitionState): BoothState => ({ at: "petition", petition: state });

const signInSession: SignInSession = {
  organisation: invitation.organisation,
  origin: "https://booth.five-valleys.example",
  members: 231,
  takenAt: document.opensAt,
  onRoll: true,
};
const signIn = (state: SignInState): BoothState => ({ at: "sign-in", signIn: state });

const WORDS =
  "candle orbit velvet harvest anchor puzzle meadow lantern copper whisper garden island ribbon thunder marble forest bicycle window saddle winter orange valley ticket bread";

const quadratic: VoteForm = {
  kind: "points",
  maxima: [3, 3, 3, 3],
  min: 0,
  max: 16,
  quadratic: true,
  distinct: false,
};
const score: VoteForm = { ...quadratic, maxima: [5, 5, 5, 5], max: 20, quadratic: false };

/** Every state that the page can be at, and the variants that look different. */
export const demoStates: DemoStates = {
  starting: { at: "starting" },
  welcome: { at: "welcome", invitation: null, waits: false },
  "welcome-invited": { at: "welcome", invitation, waits: false },
  "welcome-poll": { at: "welcome", invitation: null, waits: true },
  locked: { at: "locked", unlock: "passphrase", wrong: false },
  "locked-wrong": { at: "locked", unlock: "passphrase", wrong: true },
  "locked-passkey": { at: "locked", unlock: "passkey", wrong: true },
  words: { at: "words", words: WORDS.split(" ") },
  membership: { at: "membership", membership },
  "membership-none": { at: "membership", membership: null },
  loading: { at: "loading", pollId: POLL_ID },
  poll: { at: "poll", session, own: null },
  "poll-before": {
    at: "poll",
    session: sessionOf(single, { phase: "before", knownRegistrar: false }),
    own: null,
  },
  "poll-sealed": { at: "poll", session, own: sealed },
  "poll-cast": { at: "poll", session: sessionOf(single, { offline: true }), own },
  "poll-not-on-roll": {
    at: "poll",
    session: sessionOf(single, { onRoll: false }, { rules: { revisions: false } }),
    own: null,
  },
  "poll-closed": { at: "poll", session: closed, own },
  "choose-single": { at: "choose", session, votes: [0, 0, 0, 0], complete: false, proof: { at: "idle" } },
  "choose-sealing": {
    at: "choose",
    session,
    votes: [0, 1, 0, 0],
    complete: true,
    proof: { at: "running", phase: "artifacts", fraction: 0.42 },
  },
  "choose-approval": {
    at: "choose",
    session: sessionOf({ kind: "approval", min: 1, max: 3 }),
    votes: [1, 0, 1, 0],
    complete: true,
    proof: { at: "running", phase: "proof", fraction: null },
  },
  "choose-ranked": {
    at: "choose",
    session: sessionOf({ kind: "ranked" }),
    votes: [2, 0, 3, 0],
    complete: false,
    proof: { at: "idle" },
  },
  "choose-points": {
    at: "choose",
    session: sessionOf(quadratic),
    votes: [3, 1, 0, 2],
    complete: true,
    proof: { at: "idle" },
  },
  "choose-score": {
    at: "choose",
    session: sessionOf(score),
    votes: [5, 2, 0, 3],
    complete: true,
    proof: { at: "failed", fault: fault("prover-failed", null, { retry: true }) },
  },
  review: { at: "review", session, votes: [0, 1, 0, 0], proof: { at: "ready" } },
  "review-sealing": {
    at: "review",
    session: sessionOf({ kind: "ranked" }, {}, { rules: { revisions: false } }),
    votes: [2, 0, 3, 1],
    proof: { at: "running", phase: "proof", fraction: null },
  },
  "casting-delayed": { at: "casting", session, cast: { at: "delayed", remainingMs: 7 * 60_000 } },
  "casting-sending": { at: "casting", session, cast: { at: "sending", attempt: 2 } },
  "casting-offline": {
    at: "casting",
    session,
    cast: { at: "waiting", because: "offline", retryInMs: null },
  },
  "casting-no-answer": {
    at: "casting",
    session,
    cast: { at: "waiting", because: "no-answer", retryInMs: 8_000 },
  },
  "casting-refused": { at: "casting", session, cast: { at: "refused", code: "nullifier-used" } },
  receipt: { at: "receipt", session, own },
  "receipt-none": { at: "receipt", session, own: sealed },
  "check-looking": { at: "check", session, own, check: opening },
  "check-auditing": {
    at: "check",
    session: closed,
    own,
    check: { ...good, audit: { at: "looking", step: "board", fraction: 0.63 } },
  },
  check: { at: "check", session: closed, own, check: good },
  "check-bad": { at: "check", session: closed, own, check: bad },
  "check-too-few": {
    at: "check",
    session: sessionOf(single, { phase: "closed", offline: true }),
    own: null,
    check: {
      ballot: { at: "open", because: "no-ballot" },
      checkpoint: { at: "open", because: "offline" },
      comparison: { at: "unknown" },
      result: { at: "good", value: tooFew },
      audit: { at: "open", because: "too-large" },
    },
  },
  "hours-none": hours({ at: "credits", credits: [], failed: [] }),
  hours: hours({ at: "credits", credits, failed: ["attestation-not-mine"] }),
  policy: hours({ at: "policy", session: policySession, failed: [] }),
  "policy-short": hours({
    at: "policy",
    session: {
      ...policySession,
      credits: judged(["attestation-revoked", "attestation-not-in-ledger"]),
      reachable: [],
      knownRegistrar: false,
    },
    failed: [],
  }),
  "policy-closed": hours({
    at: "policy",
    session: { ...policySession, phase: "closed", onRoll: false, offline: true },
    failed: [],
  }),
  "claim-proving": hours({
    at: "proving",
    ...claiming,
    proof: { at: "running", phase: "artifacts", fraction: 0.42 },
  }),
  "claim-failed": hours({
    at: "proving",
    ...claiming,
    proof: { at: "failed", fault: fault("hours-not-enough", null) },
  }),
  "claim-sending": hours({ at: "sending", ...claiming, cast: { at: "sending", attempt: 1 } }),
  "claim-waiting": hours({
    at: "sending",
    ...claiming,
    cast: { at: "waiting", because: "no-answer", retryInMs: 8_000 },
  }),
  "claim-refused": hours({
    at: "sending",
    ...claiming,
    cast: { at: "refused", code: "ledger-root-revoked" },
  }),
  "claim-receipt": hours({
    at: "receipt",
    session: policySession,
    claim: { threshold: 1200, statementHash: STATEMENT, receipt: claimReceipt },
  }),
  "hours-fault": hours({
    at: "fault",
    fault: fault("ledger-bad-signature", "entries.ndjson entry 12", { evidence }),
    claimScope: POLL_ID,
  }),
  "policy-before": hours({
    at: "policy",
    session: { ...policySession, phase: "before" },
    failed: [],
  }),
  "claim-already": hours({ at: "sending", ...claiming, cast: { at: "refused", code: "nullifier-used" } }),
  "hours-loading": hours({ at: "loading" }),
  "petition-loading": petition({ at: "loading" }),
  petition: petition({ at: "petition", session: petitionSession }),
  "petition-before": petition({
    at: "petition",
    session: { ...petitionSession, phase: "before", knownRegistrar: false },
  }),
  "petition-closed": petition({
    at: "petition",
    session: { ...petitionSession, phase: "closed", offline: true },
  }),
  "petition-not-on-roll": petition({ at: "petition", session: { ...petitionSession, onRoll: false } }),
  "petition-proving": petition({
    at: "proving",
    session: petitionSession,
    proof: { at: "running", phase: "proof", fraction: null },
  }),
  "petition-failed": petition({
    at: "proving",
    session: petitionSession,
    proof: { at: "failed", fault: fault("artifact-digest-mismatch", "semaphore-8.zkey", { retry: true }) },
  }),
  "petition-waiting": petition({
    at: "sending",
    session: petitionSession,
    cast: { at: "waiting", because: "no-answer", retryInMs: 8_000 },
  }),
  "petition-already": petition({
    at: "sending",
    session: petitionSession,
    cast: { at: "refused", code: "nullifier-used" },
  }),
  "petition-receipt": petition({
    at: "receipt",
    session: petitionSession,
    signature: { statementHash: STATEMENT, receipt: petitionReceipt },
  }),
  "petition-fault": petition({
    at: "fault",
    fault: fault("petition-bad-signature", "petition.json", { evidence }),
  }),
  "sign-in-loading": signIn({ at: "loading" }),
  "sign-in-no-roll": signIn({ at: "unable", because: "no-roll" }),
  "sign-in-other-host": signIn({ at: "unable", because: "other-host" }),
  "sign-in": signIn({ at: "ask", session: signInSession }),
  "sign-in-not-on-roll": signIn({ at: "ask", session: { ...signInSession, onRoll: false } }),
  "sign-in-proving": signIn({
    at: "proving",
    session: signInSession,
    proof: { at: "running", phase: "artifacts", fraction: 0.42 },
  }),
  "sign-in-sending": signIn({ at: "sending", session: signInSession }),
  "sign-in-done": signIn({ at: "done", session: signInSession }),
  "sign-in-fault": signIn({
    at: "fault",
    fault: fault("snapshot-bad-signature", "snapshot.json", { evidence }),
  }),
  refused: { at: "refused", fault: fault("poll-bad-signature", "signatures.json trustee 3", { evidence }) },
  "refused-retry": { at: "refused", fault: fault("no-answer", null, { retry: true }) },
};

/** The demo: a booth whose state is set by name. Its actions lead to a state that might follow. */
export interface Demo extends Booth {
  show(name: string): void;
}

/** A booth that shows states and does nothing. */
export function demoBooth(): Demo {
  let state: BoothState = demoStates.starting!;
  const listeners = new Set<() => void>();
  const enter = (next: BoothState): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  const show = (name: string): void => enter(demoStates[name] ?? demoStates.starting!);
  const going = (name: string) => async (): Promise<void> => show(name);
  return {
    get state() {
      return state;
    },
    get developmentKeys() {
      return "session" in state || (state.at === "hours" && "session" in state.hours);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show,
    createIdentity: going("words"),
    restoreIdentity: going("membership"),
    unlock: async (passphrase) =>
      show(passphrase === undefined || passphrase.length > 3 ? "poll" : "locked-wrong"),
    lock: () => show("locked"),
    wordsWritten: () => show("membership"),
    openLink: async (text) => {
      if (!text.includes("#")) throw Object.assign(new Error("no link"), { code: "link-malformed" });
      show("poll");
    },
    openPoll: going("poll"),
    backToPoll: () => show("poll"),
    startChoosing: going("choose-single"),
    setVotes: (votes) => {
      if (state.at !== "choose") return;
      enter({ ...state, votes, complete: true, proof: { at: "ready" } });
    },
    cancelProof: () => {
      if (state.at === "hours") show("policy");
      if (state.at === "petition") show("petition");
      if (state.at === "sign-in") show("sign-in");
      if (state.at === "choose" || state.at === "review") enter({ ...state, proof: { at: "idle" } });
    },
    review: () => {
      if (state.at === "choose") enter({ ...state, at: "review" });
    },
    backToChoosing: () => {
      if (state.at === "review") enter({ ...state, at: "choose", complete: true });
    },
    cast: async ({ randomDelay }) => show(randomDelay ? "casting-delayed" : "receipt"),
    skipDelay: () => show("receipt"),
    retryNow: () => show("receipt"),
    openCheck: going("check"),
    compareCheckpoint: async () => {},
    runAudit: going("check-auditing"),
    openHours: going("hours"),
    openPolicy: going("policy"),
    addAttestations: going("hours"),
    claim: going("claim-receipt"),
    openPetition: going("petition"),
    signPetition: going("petition-receipt"),
    openSignIn: going("sign-in"),
    signIn: going("sign-in-done"),
    evidence: async () => new TextEncoder().encode("{}"),
    forgetDevice: going("welcome"),
  };
}
