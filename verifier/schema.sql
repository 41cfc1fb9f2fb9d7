CREATE TABLE checkpoint (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  size INTEGER NOT NULL CHECK (size >= 0),
  note TEXT NOT NULL,
  PRIMARY KEY (poll_id, size)
) STRICT;

CREATE TABLE closing_signature (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  closer INTEGER NOT NULL CHECK (closer >= 1),
  statement BLOB NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (poll_id, closer)
) STRICT;

CREATE TABLE poll (
  poll_id TEXT PRIMARY KEY CHECK (length(poll_id) = 62)
) STRICT;

CREATE TABLE public_file (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  path TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (poll_id, path)
) STRICT;

CREATE TABLE record (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  board_index INTEGER NOT NULL CHECK (board_index >= 0),
  nullifier BLOB NOT NULL CHECK (length(nullifier) = 32),
  revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 65535),
  statement_hash BLOB NOT NULL CHECK (length(statement_hash) = 32),
  record BLOB NOT NULL,
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
  PRIMARY KEY (poll_id, board_index),
  UNIQUE (poll_id, nullifier, revision),
  UNIQUE (poll_id, statement_hash)
) STRICT;

CREATE TABLE schema_migration (number INTEGER PRIMARY KEY) STRICT;

CREATE TABLE share (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  trustee INTEGER NOT NULL CHECK (trustee >= 1),
  content BLOB NOT NULL,
  PRIMARY KEY (poll_id, trustee)
) STRICT;
