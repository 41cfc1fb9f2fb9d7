// A roll, a petition to it and a snapshot of it, on a service that checks no proofs; and devices of its members.
import {
  type Identity,
  leanRollFiles,
  leanRollOf,
  makePetitionReceipt,
  type Petition,
  type PetitionReceipt,
  petitionReceiptBytes,
  petitionRecord,
  type SemaphoreProof,
  signPetition,
  signSnapshot,
  type ValidPetition,
  validatePetition,
} from "@commune-zk/prover";
import {
  artifacts,
  type Members,
  makeMembers,
  manifest,
  petitionOf,
  snapshotOf,
} from "../../../../prover/test/membership/support.ts";
import { boardOf } from "../../../../prover/test/support/ledgers.ts";
import { OPENS } from "../../../../prover/test/support/polls.ts";
import { ok, problem, type Seen, Service } from "./world.ts";

/** The roll. */
export const members: Members = makeMembers(3);
/** Whose device it is. */
export const member: Identity = members.identities[1]!;
/** A petition, open when a device's clock begins. */
export const document: Petition = petitionOf(members.roll, { opensAt: OPENS, closesAt: OPENS + 1_000 });
/** `petition.json`. */
export const petitionBytes = signPetition(document, members.registrar.secretKey);
/** The petition as anybody judges it. */
export const petition: ValidPetition = validatePetition(petitionBytes, { kind: "none" });
/** `snapshot.json`. */
export const snapshotBytes = signSnapshot(snapshotOf(members.roll), members.registrar.secretKey);

const { petitionId } = petition;
const rollFiles = leanRollFiles(leanRollOf(members.roll, ["member"]).tree);

/** The service. */
export class MembershipService extends Service {
  readonly records: Uint8Array[] = [];
  /** Files that are served in the place of others, by their path below petition or snapshot. */
  readonly changed = new Map<string, Uint8Array>();
  /** What a signature or an answer gets instead of being taken. */
  refusal: string | null = null;
  forge: (receipt: PetitionReceipt) => PetitionReceipt = (receipt) => receipt;
  /** What it answers to whoever asks for a challenge. */
  challenge: () => unknown = () => ({ nonce: "5a".repeat(32) });
  /** Answers to challenges. */
  readonly answers: { readonly nonce: string; readonly proof: SemaphoreProof }[] = [];

  constructor() {
    super([], artifacts);
    this.trick = (request) => this.#answer(request);
  }

  async #answer({ method, path, body }: Seen): Promise<Response | undefined> {
    if (method === "POST" && path === `/v1/petitions/${petitionId}/signatures`) return this.#sign(body);
    if (method === "POST" && path === "/v1/sign-ins/challenges") {
      return new Response(JSON.stringify(this.challenge()), { status: 201 });
    }
    if (method === "POST" && path === "/v1/sign-ins") {
      this.answers.push(JSON.parse(body) as (typeof this.answers)[number]);
      if (this.refusal !== null) return problem(403, this.refusal);
      return new Response(JSON.stringify({ member: true }));
    }
    const artifact = /^\/artifacts\/([0-9a-f]{64})$/.exec(path);
    if (artifact !== null) {
      const files = manifest.circuits.flatMap(({ wasm, provingKey }) => [wasm, provingKey]);
      const file = files.find(({ sha256 }) => sha256 === artifact[1]);
      return file && ok(await artifacts.bytes(file));
    }
    const [, folder, id, rest = ""] = /^\/(petitions|snapshots)\/([0-9a-f]+)\/(.+)$/.exec(path) ?? [];
    const own = folder === "petitions" ? id === petitionId : id === members.roll.rollId;
    if (folder === undefined || !own) return undefined;
    const main = folder === "petitions" ? petitionBytes : snapshotBytes;
    const served = new Map([
      [folder === "petitions" ? "petition.json" : "snapshot.json", main],
      ...rollFiles,
    ]);
    const bytes = this.changed.get(rest) ?? served.get(rest);
    return bytes && ok(bytes);
  }

  #sign(body: string): Response {
    if (this.refusal !== null) return problem(409, this.refusal);
    const record = petitionRecord(JSON.parse(body));
    if (this.records.length === 0) this.records.push(record);
    const checkpoint = new TextDecoder().decode(boardOf(petitionId, this.records).get("board/checkpoint"));
    const receipt = makePetitionReceipt({ petition, record, index: 0, checkpoint, inclusion: [] });
    return ok(petitionReceiptBytes(this.forge(receipt)));
  }
}
