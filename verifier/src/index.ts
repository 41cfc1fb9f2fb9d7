export { openApiDocument } from "./http/openapi.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";
export type { RecordOutcome, Standing } from "./service/board.ts";
export type { KeySet } from "./service/circuit-verifiers.ts";
export {
  DEFAULT_COMMIT_DELAY_MS,
  ElectionService,
  type ElectionServiceOptions,
  type PollFiles,
} from "./service/election-service.ts";
export type { MembershipKeys } from "./service/membership-service.ts";
export type {
  AppendOutcome,
  BoardKind,
  Checkpoint,
  NewRecord,
  Store,
  StoredEntry,
  StoredLedger,
  StoredShare,
} from "./service/store.ts";
export { assertDurable, openSqliteStore, type SqliteStore } from "./store/sqlite-store.ts";
