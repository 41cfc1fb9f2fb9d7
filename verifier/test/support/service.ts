// A running service with a database of its own, and a view of everything that it has written.
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { artifacts, manifest } from "../../../prover/test/support/keys.ts";
import { boardKeys, OPENS } from "../../../prover/test/support/polls.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/index.ts";

/** What a test sees of an answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Headers;
  readonly text: string;
}

/** A request as `fetch` takes it, without the service's address. */
export interface Sent {
  readonly path: string;
  readonly method?: string;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A service for one test file. */
export interface TestService {
  /** Another one after {@link TestService.restart}. */
  readonly baseUrl: string;
  readonly operatorToken: string;
  readonly directory: string;
  readonly databasePath: string;
  /** What the service takes for the time, in seconds since 1970. */
  readonly clock: { now: number };
  /** Every line that was logged, over all restarts. */
  readonly log: readonly string[];
  /** Sends a request; a body goes as `application/json` unless the headers say otherwise. */
  send(request: Sent): Promise<Answer>;
  /** Stops the service and starts it again on the same database. */
  restart(changes?: Partial<ServerOptions>): Promise<void>;
  /** Stops the service while `work` has the database for itself, and starts it again. */
  whileStopped<T>(work: (databasePath: string) => Promise<T>): Promise<T>;
  /** Stops the service and leaves its files. */
  stop(): Promise<void>;
  /** Stops the service and deletes its files. */
  remove(): Promise<void>;
}

/** The operator's token of every test service. */
export const OPERATOR_TOKEN = "an-operators-token-for-tests-only";

/** Starts a service on a free port, its clock one second after test polls open. */
export async function startTestService(changes: Partial<ServerOptions> = {}): Promise<TestService> {
  const directory = await mkdtemp(join(tmpdir(), "commune-verifier-"));
  const databasePath = join(directory, "board.sqlite");
  const clock = { now: OPENS + 1 };
  const log: string[] = [];
  const start = (more: Partial<ServerOptions> = {}): Promise<RunningServer> =>
    startServer(
      {
        databasePath,
        operatorToken: OPERATOR_TOKEN,
        boardKey: boardKeys.secretKey,
        manifest,
        artifacts,
        allowDevelopmentKeys: true,
        now: () => clock.now,
        log: { write: (line) => void log.push(line) },
        ...changes,
        ...more,
      },
      { port: 0 },
    );
  let running: RunningServer | undefined = await start();
  const stop = async (): Promise<void> => {
    await running?.close();
    running = undefined;
  };
  const service: TestService = {
    get baseUrl() {
      if (running === undefined) throw new Error("the service is stopped");
      return running.baseUrl;
    },
    operatorToken: OPERATOR_TOKEN,
    directory,
    databasePath,
    clock,
    log,
    send: (request) => sendTo(service.baseUrl, request),
    async restart(more) {
      await stop();
      running = await start(more);
    },
    async whileStopped(work) {
      await stop();
      try {
        return await work(databasePath);
      } finally {
        running = await start();
      }
    },
    stop,
    async remove() {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
  return service;
}

/** Sends a request to a service. */
export async function sendTo(baseUrl: string, { path, method, body, headers }: Sent): Promise<Answer> {
  // undici asks for "duplex" where the body is a stream; the DOM's types do not know it.
  const init: RequestInit & { duplex: "half" } = {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body }),
    duplex: "half",
  };
  const response = await fetch(baseUrl + path, init);
  return {
    status: response.status,
    contentType: response.headers.get("content-type") ?? "",
    headers: response.headers,
    text: await response.text(),
  };
}

/** Every row of every table, read past the service by a connection of the test's own. */
export function readTables(databasePath: string): Record<string, Record<string, unknown>[]> {
  const database = new Database(databasePath, { readonly: true, fileMustExist: true });
  try {
    const names = database
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all();
    return Object.fromEntries(
      names.map(({ name }) => [
        name,
        database.prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}"`).all(),
      ]),
    );
  } finally {
    database.close();
  }
}

/** Number and digest of the rows of each table: equal exactly where nothing was written in between. */
export function recorded({ databasePath }: Pick<TestService, "databasePath">): Record<string, string> {
  const digest = (rows: readonly Record<string, unknown>[]): string => {
    const hash = createHash("sha256");
    for (const [column, value] of rows.flatMap(Object.entries)) {
      const bytes = value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value));
      hash.update(`${column} ${bytes.length} `).update(bytes);
    }
    return hash.digest("hex");
  };
  return Object.fromEntries(
    Object.entries(readTables(databasePath)).map(([name, rows]) => [
      name,
      `${rows.length} rows, ${digest(rows)}`,
    ]),
  );
}
