-- The faucet: every drip with its state, bans, pauses, the audit, and whom a direct message was sent to.

-- One row per request that was let through: reserved -> sent | failed | unknown, unknown -> sent | failed.
CREATE TABLE drips (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  chain            TEXT NOT NULL,
  interaction_id   TEXT NOT NULL UNIQUE,
  discord_user_id  TEXT NOT NULL,
  target_address   TEXT NOT NULL,      -- canonical: lower case
  status           TEXT NOT NULL CHECK (status IN ('reserved', 'sent', 'failed', 'unknown')),
  at_ms            INTEGER NOT NULL,   -- time of the interaction
  first_time       INTEGER NOT NULL,   -- 1: the user never had any before
  settled_ms       INTEGER,            -- when it became sent, failed or unknown, the last time
  cause            TEXT,               -- why it failed or is unknown
  detail           TEXT,               -- what the faucet said, shortened, without secrets
  tx_hash          TEXT,
  amount           TEXT,               -- for people: "100 LGT"
  next_at_ms       INTEGER,            -- when the faucet itself allows the next one
  told_ms          INTEGER,            -- when the user was told the present status; NULL: not yet
  checks           INTEGER NOT NULL DEFAULT 0,
  next_check_ms    INTEGER             -- when an unknown one is looked up again
) STRICT;
CREATE UNIQUE INDEX drips_open_user ON drips (chain, discord_user_id) WHERE status = 'reserved';
CREATE UNIQUE INDEX drips_open_address ON drips (chain, target_address) WHERE status = 'reserved';
CREATE INDEX drips_user ON drips (chain, discord_user_id, at_ms);
CREATE INDEX drips_address ON drips (chain, target_address, at_ms);
CREATE INDEX drips_day ON drips (chain, at_ms);
CREATE INDEX drips_unknown ON drips (next_check_ms) WHERE status = 'unknown';
CREATE INDEX drips_untold ON drips (id) WHERE told_ms IS NULL;

CREATE TABLE faucet_bans (
  chain      TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('user', 'address')),
  subject    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  by_user_id TEXT NOT NULL,
  at_ms      INTEGER NOT NULL,
  until_ms   INTEGER,                  -- NULL: until it is lifted
  PRIMARY KEY (chain, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE faucet_pauses (
  chain      TEXT PRIMARY KEY,
  reason     TEXT NOT NULL,
  by_user_id TEXT NOT NULL,
  at_ms      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Kept for ever: each attempt, each outcome, each action of a moderator.
CREATE TABLE faucet_audit (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms           INTEGER NOT NULL,
  chain           TEXT NOT NULL,
  action          TEXT NOT NULL,
  discord_user_id TEXT,
  target_address  TEXT,                -- only addresses that this faucet could pay to
  tx_hash         TEXT,
  reason          TEXT,
  drip_id         INTEGER,
  by_user_id      TEXT,                -- the moderator, where one acted
  joined_ms       INTEGER              -- of an attempt: when the user had joined the server
) STRICT;
CREATE INDEX faucet_audit_at ON faucet_audit (chain, at_ms);

CREATE TABLE faucet_dms (
  user_id TEXT NOT NULL,
  reason  TEXT NOT NULL,     -- JSON list of codes
  at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX faucet_dms_at ON faucet_dms (at_ms);
