export { openApiDocument } from "./http/openapi.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";
export {
  DEFAULT_COMMIT_DELAY_MS,
  ElectionService,
  type ElectionServiceOptions,
  type PollFiles,
} from "./service/election-service.ts";
export type { RecordOutcome } from "./service/poll-board.ts";
export type { AppendOutcome, Checkpoint, NewRecord, Store, StoredShare } from "./service/store.ts";
export { assertDurable, openSqliteStore, type SqliteStore } from "./store/sqlite-store.ts";
