// A poll that is open now, on a service that serves the built booth, behind a wire that a test can bend.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pollLink, registerPoll, toHex } from "@commune-zk/prover";
import type { PollPlan, RehearsedPoll } from "@commune-zk/prover/rehearsal";
import { makePoll } from "../../../../prover/test/support/polls.ts";
import type { ServerOptions } from "../../../../verifier/src/index.ts";
import {
  OPERATOR_TOKEN,
  startTestService,
  type TestService,
} from "../../../../verifier/test/support/service.ts";
import { buildBooth } from "../../support/site.ts";
import { Wire } from "./wire.ts";

/** What can be marked. */
export const OPTIONS = ["Mill roof", "Second bicycle", "Reading room"] as const;

/** Members on the roll, so that every test can be another one. */
const MEMBERS = 12;
const DAY = 86_400;

/** A service with the booth. */
export interface BoothService {
  readonly service: TestService;
  /** Opens another way to the same service: another origin, so another page for the browser. */
  wire(): Promise<Wire>;
  /** Registers a poll that is open now. */
  openPoll(changes?: Partial<PollPlan>): Promise<RehearsedPoll>;
  close(): Promise<void>;
}

/**
 * Builds the booth and serves it.
 *
 * @param name - of the folder below `build/`; each test file has its own, as they run side by side.
 * @param options - of the service, beside the booth's pages.
 */
export async function startBooth(name: string, options: Partial<ServerOptions> = {}): Promise<BoothService> {
  const outDir = `build/booth-${name}`;
  await buildBooth("production", outDir);
  const service = await startTestService({
    ...options,
    pagesDirectory: join(fileURLToPath(new URL("../../../..", import.meta.url)), outDir),
  });
  service.clock.now = now();
  const wires: Wire[] = [];
  return {
    service,
    async wire() {
      const wire = await Wire.open(() => service.baseUrl);
      wires.push(wire);
      return wire;
    },
    async openPoll(changes = {}) {
      const poll = makePoll(
        { options: [...OPTIONS], opensAt: now() - 60, closesAt: now() + DAY, ...changes },
        MEMBERS,
      );
      const { registration } = poll;
      await registerPoll({ registration, operatorToken: OPERATOR_TOKEN }, { baseUrl: service.baseUrl });
      return poll;
    },
    async close() {
      await Promise.all(wires.map((wire) => wire.close()));
      await service.remove();
    },
  };
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}

/** Where the booth opens this poll. */
export function linkTo(wire: Wire, { pollId }: Pick<RehearsedPoll, "pollId">): string {
  return pollLink(`${wire.origin}/`, pollId);
}

/** The key of a member of the roll, in hexadecimal. */
export function keyOf({ identities }: RehearsedPoll, member: number): { key: string } {
  return { key: toHex(identities[member]!.privateKey) };
}
