// A small assembly with its service, and the device of one of its members. Pages come and go; the device's storage
// and the service stay.
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import {
  type ArtifactSource,
  appendBatch,
  CIRCUIT_NAMES,
  canonicalBytes,
  checkProof,
  checkStatement,
  circuitEntry,
  concatBytes,
  createIdentity,
  createRegistration,
  type Engine,
  ed25519KeyPair,
  encodeRecord,
  type Identity,
  InputError,
  type LoadedManifest,
  type ManifestFile,
  MINIMUM_SECRET_PARAMETERS,
  mailboxKeyOf,
  memoryArtifactSource,
  parseManifest,
  parseSubmission,
  publicPaths,
  type Receipt,
  receiptBytes,
  rollFiles,
  sealSecret,
  statementHash,
  toHex,
  utf8,
  validatePoll,
} from "@commune-zk/prover";
import { type PollPlan, randomHex, rehearsePoll, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { sha256 } from "@noble/hashes/sha2.js";
import { signedBoard } from "../../../../prover/test/audit/election.ts";
import { artifacts as stored, manifest as storedManifest } from "../../../../prover/test/support/keys.ts";
import { OPENS, planOf, receiptOf } from "../../../../prover/test/support/polls.ts";
import { type TestPoll, unprovenEngine } from "../../../../verifier/test/support/ballots.ts";
import { storageArtifacts } from "../../../src/core/artifacts.ts";
import { makeBooth } from "../../../src/core/booth.ts";
import { BURST_MS } from "../../../src/core/proving.ts";
import type { Booth, BoothState } from "../../../src/core/state.ts";
import {
  type BoothStorage,
  memoryStorage,
  STORE_NAMES,
  StorageError,
  type StoredBallot,
  type StoredIdentity,
} from "../../../src/core/storage.ts";
import { Clock, rest } from "./clock.ts";
import { inProcessWorker, type WorkerLife } from "./worker.ts";

/** Longest wait for a state: a real proof on a busy machine. */
const MOST_MS = 50_000;
/** Of the member, on every device of these tests. */
export const PASSPHRASE = "twelve letters and more";
/** Where the service is. */
export const BASE_URL = "https://service.test";
/** Where the page is. */
export const PAGE_URL = "https://booth.test/index.html";

/** Artifacts of a few bytes, for engines that use none; a manifest names them. */
const SMALL = new Map<string, Uint8Array>();

function smallFile(path: string): { path: string; sha256: string; size: number } {
  const bytes = utf8(`the content of ${path}`);
  const digest = toHex(sha256(bytes));
  SMALL.set(digest, bytes);
  return { path, sha256: digest, size: bytes.length };
}

function smallManifest(): LoadedManifest {
  const circuits = Object.fromEntries(
    CIRCUIT_NAMES.map((name) => {
      const entry = circuitEntry(storedManifest.manifest, name);
      const files = { wasm: smallFile(`${name}/circuit.wasm`), provingKey: smallFile(`${name}/key.zkey`) };
      return [name, { ...entry, ...files }];
    }),
  );
  return parseManifest(canonicalBytes({ ...storedManifest.manifest, circuits }));
}

/** The key set of polls whose ballots nobody proves. */
export const manifest: LoadedManifest = smallManifest();
/** Its files: circuits and proving keys of a few bytes, and the stored verification keys. */
export const artifacts: ArtifactSource = {
  bytes: (file) => (SMALL.has(file.sha256) ? memoryArtifactSource(SMALL) : stored).bytes(file),
};

/** A poll on whose roll the member of the device stands last, after four others. */
export interface MemberPoll extends TestPoll {
  readonly member: Identity;
  readonly manifest: LoadedManifest;
}

/** Makes a poll with this member on its roll. */
export function memberPoll(
  changes: Partial<PollPlan> = {},
  { member = createIdentity(), keys = manifest }: { member?: Identity; keys?: LoadedManifest } = {},
): MemberPoll {
  const registrar = ed25519KeyPair();
  const others = rehearseRoll(new Array<string>(4).fill("member"), registrar);
  const { rollId } = others.roll;
  const registration = createRegistration({
    identity: member,
    mailboxKey: mailboxKeyOf(member),
    registrarKey: registrar.publicKey,
    rollId,
    registrarNonce: randomHex(),
  });
  const joined = appendBatch(
    others.roll,
    [{ kind: "join", tier: "member", registration }],
    registrar.secretKey,
  );
  const roll = {
    identities: [...others.identities, member],
    roll: joined.state,
    rollEvents: concatBytes(others.rollEvents, joined.line),
  };
  const keySet = { digest: keys.digest, kind: keys.manifest.kind };
  const rehearsed = rehearsePoll(planOf({ keySet, ...changes }), roll, registrar);
  const valid = validatePoll({
    pollBytes: rehearsed.registration.poll,
    signaturesBytes: rehearsed.registration.signatures,
    manifest: keys,
    anchor: { kind: "poll-id", pollId: rehearsed.pollId },
    allowDevelopmentKeys: true,
  });
  return { ...rehearsed, valid, member, manifest: keys };
}

/** A request as the service sees it. */
export interface Seen {
  readonly method: string;
  /** Below the service's root, with its slash. */
  readonly path: string;
  readonly body: string;
}

/** What a test lets the service do instead: undefined, and it is honest. */
export type Trick = (request: Seen) => Response | undefined | Promise<Response | undefined>;

/** A service that does everything but check proofs, and serves its polls' public files. */
export class Service {
  readonly polls = new Map<string, { poll: MemberPoll; records: Uint8Array[]; receipts: Receipt[] }>();
  readonly seen: Seen[] = [];
  /** Public files beside those of poll and board: closing, result. By `<pollId>/<path>`. */
  readonly extra = new Map<string, Uint8Array>();
  trick: Trick = () => undefined;
  artifacts: ArtifactSource;
  /** Seconds since 1970. */
  clock = OPENS + 1;

  constructor(polls: readonly MemberPoll[], source: ArtifactSource = artifacts) {
    for (const poll of polls) this.polls.set(poll.pollId, { poll, records: [], receipts: [] });
    this.artifacts = source;
  }

  /** Ballots that it was sent, as bodies. */
  get sent(): string[] {
    return this.seen.filter(({ method }) => method === "POST").map(({ body }) => body);
  }

  /** The board of a poll. */
  recordsOf(poll: MemberPoll): Uint8Array[] {
    return this.polls.get(poll.pollId)!.records;
  }

  /** Every public file of a poll. */
  filesOf({ pollId }: Pick<MemberPoll, "pollId">): Map<string, Uint8Array> {
    const { poll, records } = this.polls.get(pollId)!;
    const { registration, tree, valid } = poll;
    const files = new Map<string, Uint8Array>([
      [publicPaths.poll, registration.poll],
      [publicPaths.signatures, registration.signatures],
      [publicPaths.keys, poll.manifest.bytes],
      [publicPaths.rollEvents, registration.rollEvents],
      ...rollFiles(tree),
      [publicPaths.dkg, registration.dkg],
      ...signedBoard({ poll: valid }, records),
    ]);
    for (const [key, bytes] of this.extra) {
      if (key.startsWith(`${pollId}/`)) files.set(key.slice(pollId.length + 1), bytes);
    }
    return files;
  }

  /** Answers a request. */
  async answer(request: Seen): Promise<Response> {
    this.seen.push(request);
    const tricked = await this.trick(request);
    if (tricked !== undefined) return tricked;
    const post = /^\/v1\/polls\/([0-9a-f]{62})\/ballots$/.exec(request.path);
    if (request.method === "POST" && post !== null) return this.record(post[1]!, request.body);
    const artifact = /^\/artifacts\/([0-9a-f]{64})$/.exec(request.path);
    if (artifact !== null) {
      const file = this.#artifactFile(artifact[1]!);
      const bytes = file === undefined ? null : await this.artifacts.bytes(file).catch(() => null);
      return bytes === null ? problem(404, "artifact-missing") : ok(bytes);
    }
    const file = /^\/polls\/([0-9a-f]{62})\/(.+)$/.exec(request.path);
    const bytes =
      file !== null && this.polls.has(file[1]!)
        ? this.filesOf({ pollId: file[1]! }).get(file[2]!)
        : undefined;
    return bytes === undefined ? problem(404, "file-missing") : ok(bytes);
  }

  #artifactFile(digest: string): ManifestFile | undefined {
    const manifests = [...this.polls.values()].map(({ poll }) => poll.manifest.manifest);
    return manifests
      .flatMap(({ circuits }) => Object.values(circuits))
      .flatMap(({ wasm, provingKey, verificationKey }) => [wasm, provingKey, verificationKey])
      .find((file) => file.sha256 === digest);
  }

  /** Takes a ballot. */
  record(pollId: string, body: string): Response | Promise<Response> {
    const known = this.polls.get(pollId);
    if (known === undefined) return problem(404, "poll-unknown");
    const { poll, records, receipts } = known;
    try {
      const { publicSignals, proof } = parseSubmission(utf8(body));
      const { nullifier, revision } = checkStatement(poll.valid, publicSignals, "ballot");
      const same = receipts.find((receipt) => receipt.statementHash === statementHash(publicSignals));
      if (same !== undefined) return ok(receiptBytes(same));
      if (this.clock < poll.poll.opensAt) return problem(403, "poll-not-open");
      if (this.clock >= poll.poll.closesAt) return problem(403, "poll-closed");
      if (receipts.some((r) => r.nullifier === String(nullifier) && r.revision === revision)) {
        return problem(409, "nullifier-used");
      }
      records.push(encodeRecord({ publicSignals, proof: checkProof(proof) }));
      const receipt = receiptOf(poll.valid, records, records.length - 1);
      receipts.push(receipt);
      return new Response(receiptBytes(receipt) as BodyInit, { status: 201 });
    } catch (error) {
      if (error instanceof InputError) return problem(422, error.code);
      throw error;
    }
  }
}

/** An answer of these bytes. */
export function ok(bytes: Uint8Array): Response {
  return new Response(bytes as BodyInit, { status: 200 });
}

/** A refusal. */
export function problem(status: number, code: string): Response {
  return new Response(JSON.stringify({ type: "about:blank", status, code }), { status });
}

/** What a test may set about a device. */
export interface DeviceOptions {
  readonly service: Service;
  /** The member's identity, kept under {@link PASSPHRASE}; none where it is null. */
  readonly member: Identity | null;
  /** For the ballots of this poll; a real one is handed in. */
  readonly engine: () => Engine;
  readonly allowDevelopmentKeys?: boolean;
  /** Defaults to {@link PAGE_URL}, which is at another origin than the service. */
  readonly pageUrl?: string;
  /** What its clock says at first, in seconds since 1970; ten seconds after the opening unless told. */
  readonly startsAt?: number;
}

const sealed = new Map<Identity, Promise<Uint8Array>>();

/** Sealed once for each member: Argon2id takes its time. */
function sealedOnce(member: Identity): Promise<Uint8Array> {
  const known =
    sealed.get(member) ??
    sealSecret({
      kind: "identity",
      secret: member.privateKey,
      passphrase: PASSPHRASE,
      parameters: MINIMUM_SECRET_PARAMETERS,
    });
  sealed.set(member, known);
  return known;
}

/** An engine for the member of a poll. */
export function engineOf(poll: MemberPoll): () => Engine {
  return () => unprovenEngine(poll, { voter: poll.identities.indexOf(poll.member) });
}

/** The member's device. */
export class Device {
  readonly storage: BoothStorage = memoryStorage();
  readonly clock: Clock;
  readonly workers: WorkerLife[] = [];
  readonly service: Service;
  readonly #options: DeviceOptions;
  readonly #onOnline = new Set<() => void>();
  #page: { alive: boolean } | null = null;
  #isOnline = true;
  booth!: Booth;
  /** Whether the next worker that gets a task dies of it. */
  crash = false;
  /** Called before a write, and after it; a test may close the page there. */
  onWrite: (stores: readonly string[], when: "before" | "after") => void = () => undefined;
  /** Called when a request has left, and when its answer is here. */
  onFetch: (path: string, when: "before" | "after") => void = () => undefined;
  /** Whether writes fail. */
  isFull = false;
  /** Bytes of the CSPRNG; a test may choose them. */
  random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  passkeys = {
    create: async () => ({ credentialId: Uint8Array.of(1, 2, 3), secret: new Uint8Array(32).fill(7) }),
    secretOf: async (_credentialId: Uint8Array) => new Uint8Array(32).fill(7),
  };

  private constructor(options: DeviceOptions) {
    this.#options = options;
    this.clock = new Clock((options.startsAt ?? OPENS + 10) * 1_000);
    this.service = options.service;
  }

  /** A device with a page open on it. */
  static async open(options: DeviceOptions): Promise<Device> {
    const device = new Device(options);
    if (options.member !== null) {
      const stored: StoredIdentity = {
        file: await sealedOnce(options.member),
        unlock: "passphrase",
        credentialId: null,
        wordsWritten: true,
      };
      await device.storage.write([{ store: "identity", key: "identity", value: stored }]);
    }
    await device.reload();
    return device;
  }

  /** A device on which the member's poll is open, unlocked. */
  static async atPoll(options: DeviceOptions, { pollId }: MemberPoll): Promise<Device> {
    const device = await Device.open(options);
    await device.booth.unlock(PASSPHRASE);
    await device.booth.openPoll(pollId);
    device.expectAt("poll");
    return device;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  set isOnline(value: boolean) {
    this.#isOnline = value;
    if (value) for (const listener of [...this.#onOnline]) listener();
  }

  /** The page is gone: nothing of it goes on, not even a write under way that had not begun. */
  close(): void {
    if (this.#page !== null) this.#page.alive = false;
    for (const life of this.workers) life.ended = true;
    this.#onOnline.clear();
  }

  /** Closes the page and opens it again; resolves when it has looked at what is stored. */
  async reload(): Promise<void> {
    this.close();
    const page = { alive: true };
    this.#page = page;
    this.booth = makeBooth(this.#surroundings(page));
    await this.until((state) => state.at !== "starting");
  }

  #surroundings(page: { alive: boolean }): Parameters<typeof makeBooth>[0] {
    const storage = this.#storageOf(page);
    return {
      config: { baseUrl: BASE_URL, allowDevelopmentKeys: this.#options.allowDevelopmentKeys ?? true },
      pageUrl: this.#options.pageUrl ?? PAGE_URL,
      storage,
      artifactCache: storageArtifacts(storage),
      fetch: (input, init) => this.#fetch(page, String(input), init),
      semaphoreManifest: () =>
        readFile(fileURLToPath(new URL("../../../../keys/semaphore.json", import.meta.url))),
      makeWorker: () => {
        const life: WorkerLife = { task: null, ended: false, said: [] };
        this.workers.push(life);
        return inProcessWorker(this.#options.engine, life, () => this.crash);
      },
      now: () => this.clock.now,
      timers: {
        after: (milliseconds, callback) =>
          this.clock.after(milliseconds, () => {
            if (page.alive) callback();
          }),
      },
      network: {
        isOnline: () => this.#isOnline,
        onOnline: (listener) => {
          this.#onOnline.add(listener);
          return () => this.#onOnline.delete(listener);
        },
      },
      painted: () => Promise.resolve(),
      random: (length) => this.random(length),
      passkeys: this.passkeys,
      secretParameters: MINIMUM_SECRET_PARAMETERS,
    };
  }

  #storageOf(page: { alive: boolean }): BoothStorage {
    const { storage } = this;
    const onlyAlive = async <T>(work: () => Promise<T>): Promise<T> => {
      if (!page.alive) return never();
      const value = await work();
      return page.alive ? value : never();
    };
    return {
      read: (store, key) => onlyAlive(() => storage.read(store, key)),
      list: (store) => onlyAlive(() => storage.list(store)),
      keys: (store) => onlyAlive(() => storage.keys(store)),
      write: (changes) =>
        onlyAlive(async () => {
          if (this.isFull) throw new StorageError("no room");
          const stores = changes.map(({ store }) => store);
          this.onWrite(stores, "before");
          if (!page.alive) return never();
          const written = await storage.write(changes);
          this.onWrite(stores, "after");
          return written;
        }),
      clear: () => onlyAlive(() => storage.clear()),
    };
  }

  async #fetch(page: { alive: boolean }, url: string, init: RequestInit = {}): Promise<Response> {
    if (!page.alive) return never();
    if (!url.startsWith(`${BASE_URL}/`)) throw new Error(`a request to a third party: ${url}`);
    const path = url.slice(BASE_URL.length);
    if (!this.#isOnline) throw new TypeError("fetch failed");
    const request = { method: init.method ?? "GET", path, body: String(init.body ?? "") };
    this.onFetch(path, "before");
    if (!page.alive) return never();
    const aborted = new Promise<never>((_resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true });
    });
    aborted.catch(() => undefined);
    const response = await Promise.race([this.service.answer(request), aborted]);
    await rest();
    this.onFetch(path, "after");
    return page.alive ? response : never();
  }

  /** Resolves once the state is as wanted. */
  async until(isThere: (state: BoothState) => boolean, what = "the state that is waited for"): Promise<void> {
    const { booth } = this;
    // Real time: the tests' clock stands still meanwhile.
    const end = Date.now() + MOST_MS;
    for (let turn = 0; !isThere(booth.state); turn++) {
      if (Date.now() > end) throw new Error(`not ${what}: ${describe(booth.state)}`);
      // What takes long is a proof in this very thread: looking all the time would slow it down.
      await (turn < 100 ? rest() : setTimeout(2));
    }
  }

  /** Resolves once the booth is at a screen. */
  async untilAt<A extends BoothState["at"]>(at: A): Promise<Extract<BoothState, { at: A }>> {
    await this.until((state) => state.at === at, `at ${at}`);
    return this.expectAt(at);
  }

  /** The state, which must be at this screen. */
  expectAt<A extends BoothState["at"]>(at: A): Extract<BoothState, { at: A }> {
    const { state } = this.booth;
    if (state.at !== at) throw new Error(`not at ${at}: ${describe(state)}`);
    return state as Extract<BoothState, { at: A }>;
  }

  /** From poll, receipt or choice to a proof that is ready. */
  async choose(votes: readonly number[]): Promise<void> {
    if (this.booth.state.at !== "choose") await this.booth.startChoosing();
    this.expectAt("choose");
    this.booth.setVotes(votes);
    // A burst of changes would be waited out.
    await this.clock.advance(BURST_MS);
    await this.until(
      (state) => state.at === "choose" && ["ready", "failed"].includes(state.proof.at),
      "a proof",
    );
  }

  /** Votes, and hands the ballot over to the sending. */
  async vote(votes: readonly number[], { randomDelay = false } = {}): Promise<void> {
    await this.choose(votes);
    this.booth.review();
    await this.booth.cast({ randomDelay });
  }

  /** The sealed ballots that are stored, by ascending key. */
  async storedBallots(): Promise<readonly StoredBallot[]> {
    return (await this.storage.list("ballots")).map(([, ballot]) => ballot);
  }

  /** Every byte that is stored, as text of bytes. */
  async storedBytes(): Promise<string> {
    const parts = await Promise.all(STORE_NAMES.map((store) => this.storage.list(store)));
    return serialize(parts).toString("latin1");
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function describe(state: BoothState): string {
  return JSON.stringify({ ...state, session: undefined }, (_key, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
}
