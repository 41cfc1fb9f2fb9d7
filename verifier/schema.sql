CREATE TABLE "board" (
  scope TEXT PRIMARY KEY CHECK (length(scope) = 62)
, kind TEXT NOT NULL DEFAULT 'poll' CHECK (kind IN ('poll', 'policy', 'petition'))) STRICT;

CREATE TABLE checkpoint (
  scope TEXT NOT NULL REFERENCES "board" (scope),
  size INTEGER NOT NULL CHECK (size >= 0),
  note TEXT NOT NULL,
  PRIMARY KEY (scope, size)
) STRICT;

CREATE TABLE closing_signature (
  scope TEXT NOT NULL REFERENCES "board" (scope),
  closer INTEGER NOT NULL CHECK (closer >= 1),
  statement BLOB NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (scope, closer)
) STRICT;

CREATE TABLE ledger (
  ledger_id TEXT PRIMARY KEY CHECK (length(ledger_id) = 64),
  board_name TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TABLE ledger_entry (
  ledger_id TEXT NOT NULL REFERENCES ledger (ledger_id),
  serial INTEGER NOT NULL CHECK (serial >= 0),
  line BLOB NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (ledger_id, serial)
) STRICT;

CREATE TABLE public_file (
  scope TEXT NOT NULL REFERENCES "board" (scope),
  path TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (scope, path)
) STRICT;

CREATE TABLE record (
  scope TEXT NOT NULL REFERENCES "board" (scope),
  board_index INTEGER NOT NULL CHECK (board_index >= 0),
  nullifier BLOB NOT NULL CHECK (length(nullifier) = 32),
  revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 65535),
  statement_hash BLOB NOT NULL CHECK (length(statement_hash) = 32),
  record BLOB NOT NULL,
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
  PRIMARY KEY (scope, board_index),
  UNIQUE (scope, nullifier, revision),
  UNIQUE (scope, statement_hash)
) STRICT;

CREATE TABLE schema_migration (number INTEGER PRIMARY KEY) STRICT;

CREATE TABLE share (
  scope TEXT NOT NULL REFERENCES "board" (scope),
  trustee INTEGER NOT NULL CHECK (trustee >= 1),
  content BLOB NOT NULL,
  PRIMARY KEY (scope, trustee)
) STRICT;

CREATE TABLE snapshot_file (
  roll_id TEXT NOT NULL CHECK (length(roll_id) = 64),
  path TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (roll_id, path)
) STRICT;
