// The one type of everything the page says. A language that lacks a sentence does not compile;
// booth/test/ui/messages.test.ts sees to what a type cannot say.
import type { AuditStep } from "@commune-zk/prover";
import type { FaultKey } from "./faults.ts";

/** A sentence with named gaps, `{like}` this; `fill` puts the values in. */
export type Phrase<Gap extends string> = string & { readonly gaps?: Gap };

/** A sentence about `{count}` things. */
export interface Plural<Gap extends string = never> {
  readonly one: Phrase<Gap | "count">;
  readonly other: Phrase<Gap | "count">;
}

/** A heading and what it announces. */
export interface Section {
  readonly title: string;
  readonly text: string;
}

/** What a fault is called, and what to do about it. */
export interface FaultWords {
  readonly what: string;
  readonly todo: string;
}

/** What is said while a statement is proven. */
export interface ProofWords {
  /** The heading. */
  readonly proving: string;
  readonly artifacts: string;
  readonly witness: string;
  readonly proof: string;
}

/** What is said while a sealed statement is on its way. */
export interface SendingWords {
  readonly sending: string;
  readonly refused: string;
  /** One of this member's stands there already. */
  readonly already: string;
}

/** What is checked before something is shown. */
interface LoadingWords {
  readonly title: string;
  readonly steps: readonly string[];
}

/** Everything the page says, in one language. */
export interface Messages {
  readonly app: {
    readonly name: string;
    readonly language: string;
    readonly skip: string;
    readonly plain: string;
    readonly lock: string;
    readonly forget: string;
    readonly close: string;
    readonly cancel: string;
    readonly back: string;
    readonly tryAgain: string;
    readonly startAgain: string;
    readonly copy: string;
    readonly copied: string;
    readonly copyFailed: string;
    readonly saveFile: string;
    readonly working: string;
    readonly development: Section;
    readonly offline: string;
  };
  readonly forget: {
    readonly title: string;
    readonly text: string;
    readonly ballots: string;
    readonly confirm: string;
    readonly keep: string;
  };
  readonly starting: Section;
  readonly welcome: {
    readonly title: string;
    readonly text: string;
    readonly invited: Phrase<"organisation">;
    readonly invitedCaution: string;
    readonly pollWaiting: string;
    readonly first: string;
    readonly firstHint: string;
    readonly returning: string;
    readonly returningHint: string;
    readonly haveLink: string;
  };
  readonly openLink: {
    readonly label: string;
    readonly hint: string;
    readonly submit: string;
    readonly empty: string;
  };
  readonly create: {
    readonly title: string;
    readonly text: string;
    readonly submit: string;
    readonly busy: string;
  };
  readonly restore: {
    readonly title: string;
    readonly text: string;
    readonly from: string;
    readonly fromWords: string;
    readonly fromKey: string;
    readonly words: string;
    readonly wordsHint: string;
    readonly key: string;
    readonly keyHint: string;
    readonly keyCaution: string;
    readonly empty: string;
    readonly submit: string;
  };
  readonly keep: {
    readonly legend: string;
    readonly passphrase: string;
    readonly passphraseHint: string;
    readonly passkey: string;
    readonly passkeyHint: string;
    readonly choose: string;
    readonly chooseHint: Phrase<"count">;
    readonly repeat: string;
    readonly show: string;
    readonly tooShort: Phrase<"count">;
    readonly differ: string;
  };
  readonly locked: {
    readonly title: string;
    readonly text: string;
    readonly passphrase: string;
    readonly wrong: string;
    readonly wrongPasskey: string;
    readonly empty: string;
    readonly unlock: string;
    readonly unlockPasskey: string;
    readonly busy: string;
    readonly lost: string;
    readonly lostText: string;
  };
  readonly words: {
    readonly title: string;
    readonly text: string;
    readonly caution: string;
    readonly show: string;
    readonly hide: string;
    readonly hidden: string;
    readonly list: string;
    readonly print: string;
    readonly written: string;
    readonly sheet: string;
  };
  readonly membership: {
    readonly title: string;
    readonly text: Phrase<"organisation">;
    readonly inside: string;
    readonly link: string;
    readonly qr: string;
    readonly qrTooLong: string;
    readonly save: string;
    readonly next: string;
    readonly nextText: string;
    readonly noneTitle: string;
    readonly noneText: string;
  };
  readonly loading: {
    readonly text: string;
    readonly poll: LoadingWords;
    readonly hours: LoadingWords;
    readonly petition: LoadingWords;
    readonly roll: LoadingWords;
  };
  readonly poll: {
    readonly ballotPaper: string;
    readonly tab: string;
    readonly opens: Phrase<"time">;
    readonly closes: Phrase<"time">;
    readonly closed: Phrase<"time">;
    readonly onRoll: Plural;
    readonly notOnRoll: string;
    readonly rollUnknown: string;
    readonly unknownRegistrar: string;
    readonly notVoted: string;
    readonly sealed: string;
    readonly cast: string;
    readonly castChangeable: string;
    readonly final: string;
    readonly vote: string;
    readonly change: string;
    readonly goOn: string;
    readonly check: string;
    readonly hiddenTitle: string;
    readonly hiddenHow: Plural<"threshold">;
    readonly hiddenWho: string;
    readonly shownWhen: string;
    readonly pressure: string;
    readonly pressureFinal: string;
    readonly checked: string;
    readonly checkedText: string;
    readonly trustees: Plural<"threshold">;
    readonly witnesses: string;
    readonly minimum: Plural;
    readonly pollId: string;
    readonly registrarKey: string;
    readonly other: string;
  };
  readonly choose: {
    readonly title: string;
    readonly single: string;
    readonly singleOptional: string;
    readonly blank: string;
    readonly approvalRange: Phrase<"min" | "max">;
    readonly approvalExactly: Plural;
    readonly approvalUpTo: Plural;
    readonly marked: Plural;
    readonly ranked: string;
    readonly ranking: string;
    readonly unranked: string;
    readonly rankNone: string;
    readonly rankNext: Phrase<"place">;
    readonly rankUp: Phrase<"option">;
    readonly rankDown: Phrase<"option">;
    readonly rankOut: Phrase<"option">;
    readonly rankPlaced: Phrase<"option" | "place" | "count">;
    readonly rankRemoved: Phrase<"option">;
    readonly place: Phrase<"place">;
    readonly points: Phrase<"min" | "max">;
    readonly pointsExactly: Plural;
    readonly pointsUpTo: Plural;
    readonly costRange: Phrase<"min" | "max">;
    readonly costExactly: Phrase<"max">;
    readonly costUpTo: Phrase<"max">;
    readonly quadratic: string;
    readonly score: string;
    readonly distinct: string;
    readonly upTo: Plural;
    readonly less: Phrase<"option">;
    readonly more: Phrase<"option">;
    readonly pointsFor: Phrase<"option">;
    readonly used: Phrase<"used" | "max">;
    readonly costs: Plural;
    readonly incomplete: string;
    readonly onDevice: string;
    readonly next: string;
  };
  readonly proof: {
    readonly title: string;
    readonly artifacts: string;
    readonly witness: string;
    readonly proof: string;
    readonly minutes: string;
    readonly ready: string;
    readonly idle: string;
    readonly cancel: string;
    readonly again: string;
    readonly percent: Phrase<"percent">;
  };
  readonly review: {
    readonly title: string;
    readonly text: string;
    readonly blank: string;
    readonly marked: string;
    readonly order: string;
    readonly given: string;
    readonly points: Plural;
    readonly delay: string;
    readonly delayHint: string;
    readonly cast: string;
    readonly notReady: string;
    readonly change: string;
    readonly again: string;
    readonly once: string;
  };
  readonly casting: {
    readonly title: string;
    readonly notCast: string;
    readonly stored: string;
    readonly delayed: Phrase<"time">;
    readonly skip: string;
    readonly sending: string;
    readonly attempt: Phrase<"attempt">;
    readonly offline: string;
    readonly noAnswer: string;
    readonly retryIn: Phrase<"time">;
    readonly retry: string;
    readonly refused: string;
    readonly leave: string;
  };
  readonly receipt: {
    readonly title: string;
    readonly stamp: string;
    readonly text: Phrase<"position" | "size">;
    readonly unconfirmedTitle: string;
    readonly unconfirmed: string;
    readonly keep: string;
    readonly caution: string;
    readonly number: string;
    readonly version: string;
    readonly versionFirst: string;
    readonly versionChanged: Plural;
    readonly qr: string;
    readonly save: string;
    readonly check: string;
    readonly poll: string;
  };
  readonly check: {
    readonly title: string;
    readonly text: string;
    readonly good: string;
    readonly bad: string;
    readonly looking: string;
    readonly unknown: string;
    readonly ballot: {
      readonly question: string;
      readonly good: Phrase<"position" | "size">;
      readonly unknown: string;
      readonly noBallot: string;
    };
    readonly board: {
      readonly question: string;
      readonly text: string;
      readonly here: Plural;
      readonly checkpoint: string;
      readonly save: string;
      readonly paste: string;
      readonly pasteHint: string;
      readonly compare: string;
      readonly empty: string;
      readonly good: Plural;
    };
    readonly result: {
      readonly question: string;
      readonly published: string;
      readonly counted: Plural;
      readonly tooFew: Plural;
      readonly option: string;
      readonly votes: string;
      readonly points: string;
      readonly share: string;
      readonly caption: string;
      readonly notYet: string;
    };
    readonly audit: {
      readonly question: string;
      readonly text: string;
      readonly run: string;
      readonly good: string;
      readonly goodSoFar: string;
      readonly tooLarge: string;
      readonly steps: Readonly<Record<AuditStep, string>>;
    };
    readonly offline: string;
  };
  /** Claims, and signatures of petitions, on their way and recorded. */
  readonly sent: {
    readonly notRecorded: string;
    readonly refusedOne: string;
    readonly minutes: string;
    readonly stored: string;
    readonly noAnswer: string;
    readonly otherDevice: string;
    readonly again: string;
    readonly keep: string;
  };
  readonly hours: ProofWords &
    SendingWords & {
      /** Before the organisation's name. */
      readonly request: string;
      readonly opens: Phrase<"time">;
      readonly closes: Phrase<"time">;
      readonly closed: Phrase<"time">;
      readonly before: string;
      readonly over: string;
      readonly number: string;
      readonly open: string;
      readonly title: string;
      readonly text: string;
      readonly files: string;
      readonly filesHint: string;
      readonly notAdded: string;
      readonly none: string;
      readonly mine: string;
      readonly total: Phrase<"category" | "amount">;
      readonly credit: Phrase<"amount" | "category" | "period">;
      readonly creditOfHours: Phrase<"amount" | "period">;
      /** The category of that name. */
      readonly hours: string;
      readonly points: Plural;
      readonly link: string;
      readonly back: string;
      readonly periods: Phrase<"first" | "last">;
      readonly category: Phrase<"category">;
      readonly anyCategory: string;
      readonly unknownRegistrar: string;
      readonly notOnRoll: string;
      readonly adds: Phrase<"amount">;
      readonly atMost: Plural;
      /** Of a credit that stands there. */
      readonly position: Phrase<"position">;
      readonly counts: string;
      readonly notCounted: string;
      readonly revoked: string;
      readonly missing: string;
      readonly thresholds: string;
      readonly atLeast: Phrase<"amount">;
      readonly reached: string;
      readonly notReached: string;
      readonly noneReached: string;
      readonly shownTitle: string;
      readonly shown: string;
      readonly anonymity: Plural;
      readonly hidden: string;
      readonly when: string;
      readonly once: string;
      readonly claim: string;
      readonly recorded: string;
      readonly recordedText: Phrase<"amount" | "position">;
      readonly caution: string;
    };
  readonly petition: ProofWords &
    SendingWords & {
      /** Before the organisation's name. */
      readonly of: string;
      readonly tab: string;
      readonly opens: Phrase<"time">;
      readonly closes: Phrase<"time">;
      readonly closed: Phrase<"time">;
      readonly before: string;
      readonly over: string;
      readonly unknownRegistrar: string;
      readonly notOnRoll: string;
      readonly shownTitle: string;
      readonly shown: string;
      readonly hidden: string;
      readonly anonymity: Plural;
      readonly when: string;
      readonly once: string;
      readonly sign: string;
      readonly recorded: string;
      readonly recordedText: Phrase<"position" | "size">;
      readonly number: string;
      readonly caution: string;
    };
  readonly signIn: ProofWords & {
    readonly open: string;
    /** Before the organisation's name. */
    readonly rollOf: string;
    readonly title: string;
    readonly text: Phrase<"origin">;
    readonly notOnRoll: Phrase<"time">;
    readonly learnsTitle: string;
    readonly learns: string;
    readonly hidden: Plural;
    readonly network: string;
    readonly only: string;
    readonly submit: string;
    readonly sending: string;
    readonly done: string;
    readonly doneText: Phrase<"origin">;
    readonly learnedTitle: string;
    readonly nothingKept: string;
    readonly again: string;
    readonly noRoll: string;
    readonly otherHost: string;
  };
  readonly refused: {
    readonly title: string;
    readonly failed: string;
    readonly kept: string;
    readonly save: string;
    readonly saveFailed: string;
    readonly details: string;
    readonly code: string;
    readonly place: string;
    readonly todo: string;
  };
  readonly plain: {
    readonly title: string;
    readonly intro: string;
    readonly hidden: string;
    readonly hiddenParts: readonly Section[];
    readonly shown: string;
    readonly shownParts: readonly Section[];
    readonly trust: string;
    readonly trustParts: readonly Section[];
    readonly device: string;
    readonly deviceParts: readonly Section[];
  };
  readonly faults: Readonly<Record<FaultKey, FaultWords>>;
}
