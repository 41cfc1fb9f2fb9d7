// What every refusal of the service has to be.
import { publicPaths, type Submission, toHex } from "@commune-zk/prover";
import { boardKeys } from "../../../prover/test/support/polls.ts";
import type { TestPoll } from "./ballots.ts";
import { type Answer, OPERATOR_TOKEN, recorded, type Sent, type TestService } from "./service.ts";

/** Status and stable code of a refusal; `title` is a part of the sentence for people, where it names a place. */
export interface Expected {
  readonly status: number;
  readonly code: string;
  readonly title?: string;
}

/** A request that hands in a ballot; the body may be anything. */
export function ballotRequest(
  pollId: string,
  submission: Submission | Readonly<Record<string, unknown>> | string,
): Sent {
  const body = typeof submission === "string" ? submission : JSON.stringify(submission);
  return { path: `/v1/polls/${pollId}/ballots`, body };
}

/**
 * Sends a request and demands a whole refusal: status, RFC 9457 document, stable code; no secret in the
 * answer; nothing recorded, in no table and on no board.
 */
export async function expectRefusal(
  service: TestService,
  request: Sent,
  expected: Expected,
  polls: readonly TestPoll[],
): Promise<Answer> {
  const before = await state(service, polls);
  const answer = await service.send(request);
  expectProblem(answer, expected);
  expectNoSecret(answer, polls);
  expect(await state(service, polls)).toEqual(before);
  return answer;
}

/** Demands an RFC 9457 problem document with its stable code. */
export function expectProblem({ status, contentType, text }: Answer, expected: Expected): void {
  const problem: unknown = JSON.parse(text);
  expect({ status, contentType, problem }).toEqual({
    status: expected.status,
    contentType: expect.stringMatching(/^application\/problem\+json(;|$)/),
    problem: {
      type: `urn:commune-zk:problem:${expected.code}`,
      title: expect.stringContaining(expected.title ?? ""),
      status: expected.status,
      code: expected.code,
    },
  });
}

/** Tables, and each board's checkpoint as anybody reads it. */
async function state(service: TestService, polls: readonly TestPoll[]): Promise<unknown> {
  const checkpoints = await Promise.all(
    polls.map(({ pollId }) => service.send({ path: `/polls/${pollId}/${publicPaths.checkpoint}` })),
  );
  return { tables: recorded(service), checkpoints: checkpoints.map(({ text }) => text) };
}

/** Demands that none of the secrets of operator, board, members or trustees is in an answer. */
export function expectNoSecret({ text }: Pick<Answer, "text">, polls: readonly TestPoll[]): void {
  const found = secretsOf(polls).filter((secret) => text.includes(secret));
  expect(found).toEqual([]);
}

function secretsOf(polls: readonly TestPoll[]): string[] {
  const keys = [boardKeys.secretKey];
  const scalars: bigint[] = [];
  for (const { identities, trusteeKeys, registrar, ceremony } of polls) {
    keys.push(registrar.secretKey, ...identities.map(({ privateKey }) => privateKey));
    keys.push(...trusteeKeys.map(({ signingSecret }) => signingSecret));
    scalars.push(...identities.map(({ secret }) => secret), ...ceremony.shares);
    scalars.push(...trusteeKeys.map(({ encryptionSecret }) => encryptionSecret));
  }
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
  return [
    OPERATOR_TOKEN,
    ...keys.flatMap((key) => [toHex(key), base64(key)]),
    ...scalars.flatMap((scalar) => [scalar.toString(), scalar.toString(16)]),
  ];
}
