// The whole way of one member, with a real proof and the real service: invited, registered, voted, checked.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, receiptBytes, utf8, wasmEngine } from "@commune-zk/prover";
import { ElectionService, openSqliteStore } from "@commune-zk/verifier";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { finish } from "../../../prover/test/audit/election.ts";
import { openBooth } from "../../../prover/test/ballots/support.ts";
import { artifacts, manifest } from "../../../prover/test/support/keys.ts";
import { boardKeys, OPENS } from "../../../prover/test/support/polls.ts";
import { Device, memberPoll, ok, PASSPHRASE, problem, Service } from "./support/world.ts";

const poll = memberPoll({ minimumBallots: 1 }, { keys: manifest });

/** The service behind its routes, as docs/spec/http.md says. */
class RealService extends Service {
  readonly election: ElectionService;

  constructor(election: ElectionService) {
    super([poll], artifacts);
    this.election = election;
    this.trick = async ({ path }) => {
      const file = /^\/polls\/([0-9a-f]{62})\/(.+)$/.exec(path);
      if (file === null) return undefined;
      const extra = this.extra.get(`${file[1]}/${file[2]}`);
      if (extra !== undefined) return ok(extra);
      return this.#answering(async () => ok(await election.publicFile(file[1]!, file[2]!)));
    };
  }

  override record(pollId: string, body: string): Promise<Response> {
    return this.#answering(async () => {
      const outcome = await this.election.submitBallot(pollId, utf8(body));
      return outcome.recorded ? ok(receiptBytes(outcome.receipt)) : problem(409, outcome.reason);
    });
  }

  async #answering(work: () => Promise<Response>): Promise<Response> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return problem(error.code === "file-missing" ? 404 : 422, error.code);
    }
  }
}

let directory: string;
let service: RealService;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-booth-"));
  const election = new ElectionService({
    store: await openSqliteStore(join(directory, "board.sqlite")),
    boardKey: boardKeys.secretKey,
    manifest,
    artifacts,
    now: () => OPENS + 1,
    allowDevelopmentKeys: true,
    commitDelayMs: 0,
  });
  await election.registerPoll(poll.registration);
  service = new RealService(election);
});

afterAll(async () => {
  await service.election.close();
  await rm(directory, { recursive: true });
});

test("a member votes, and everything is found good", async () => {
  const device = await Device.open({ service, member: poll.member, engine: wasmEngine });
  await device.booth.openLink(`#poll=${poll.pollId}`);
  expect(device.expectAt("poll").session).toMatchObject({ onRoll: null, phase: "open", offline: false });
  expect(device.booth.developmentKeys).toBe(true);
  await device.booth.startChoosing();
  device.expectAt("locked");
  await device.booth.unlock(PASSPHRASE);
  expect(device.expectAt("choose")).toMatchObject({ votes: [0, 0, 0], complete: false });
  await device.vote([0, 1, 0]);
  const { own } = await device.untilAt("receipt");
  expect(own).toMatchObject({ revision: 0, receipt: { index: 0, pollId: poll.pollId } });

  const { record } = (await device.storage.list("ballots"))[0]![1];
  const election = { ...(await openBooth(poll)), records: [record] };
  for (const [path, bytes] of await finish(election)) {
    // The board is the service's own.
    if (!path.startsWith("board/")) service.extra.set(`${poll.pollId}/${path}`, bytes);
  }
  await device.booth.openCheck();
  const { check } = device.expectAt("check");
  expect(check.ballot).toEqual({ at: "good", value: { index: 0, boardSize: 1 } });
  expect(check.result).toMatchObject({ at: "good", value: { options: [0, 1, 0], countedBallots: 1 } });
  await device.booth.runAudit();
  const { audit } = device.expectAt("check").check;
  expect(audit).toMatchObject({ at: "good", value: { options: [0, 1, 0], outcome: "tallied" } });
}, 120_000);
