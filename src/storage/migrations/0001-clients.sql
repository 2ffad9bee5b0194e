-- Chains, light clients with the times of their consensus states, and what changed when.

-- One row per chain that was ever asked. height and block_time_ns are the newest block believed in.
CREATE TABLE chains (
  chain_id        TEXT PRIMARY KEY,
  height          TEXT,
  block_time_ns   TEXT,
  read_ms         INTEGER,
  first_look_ms   INTEGER,          -- when the first whole sweep was finished
  unseen_since_ms INTEGER,          -- since when it cannot be read; NULL: it can
  unseen_cause    TEXT
) STRICT;

CREATE TABLE clients (
  chain_id           TEXT NOT NULL,
  client_id          TEXT NOT NULL,
  client_type        TEXT NOT NULL,
  rule               TEXT NOT NULL,
  tracked_chain_id   TEXT,
  latest_revision    TEXT,
  latest_height      TEXT,
  trusting_period_ns TEXT,
  frozen             INTEGER NOT NULL,
  last_update_ns     TEXT,           -- time of the consensus state at the latest height: it never changes for that height
  status             TEXT NOT NULL,
  severity           TEXT NOT NULL,
  reason             TEXT,
  attention          TEXT NOT NULL,
  ignored            INTEGER NOT NULL,  -- named in ignoreClients
  connection_ids     TEXT NOT NULL,  -- JSON list
  far_ends           TEXT NOT NULL,  -- JSON list of {chainId, clientId}
  open_channels      TEXT NOT NULL,  -- JSON list of channel ids
  expires_ns         TEXT,
  next_due_ms        INTEGER,        -- when its severity changes by itself
  host_time_ns       TEXT,           -- block time of the host that the status was judged with
  read_ms            INTEGER,        -- the last time it could be read; NULL: never yet
  endpoint           TEXT,
  unseen_since_ms    INTEGER,        -- since when it cannot be read; NULL: it can
  first_seen_ms      INTEGER NOT NULL,
  PRIMARY KEY (chain_id, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX clients_due ON clients (next_due_ms) WHERE next_due_ms IS NOT NULL;

CREATE VIEW expired_clients AS
  SELECT chain_id, client_id, tracked_chain_id, expires_ns, read_ms FROM clients WHERE status = 'expired';

-- History: a row when something about a client changed.
CREATE TABLE readings (
  chain_id           TEXT NOT NULL,
  client_id          TEXT NOT NULL,
  at_ms              INTEGER NOT NULL,
  status             TEXT NOT NULL,
  severity           TEXT NOT NULL,
  tracked_chain_id   TEXT,
  latest_revision    TEXT,
  latest_height      TEXT,
  trusting_period_ns TEXT,
  last_update_ns     TEXT,
  reason             TEXT
) STRICT;
CREATE INDEX readings_of ON readings (chain_id, client_id, at_ms);

-- Questions whose "no" is asked again only seldom: an IBC v2 counterparty, routes a version does not have.
CREATE TABLE seldom_asked (
  chain_id TEXT NOT NULL,
  question TEXT NOT NULL,
  answer   TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  PRIMARY KEY (chain_id, question)
) STRICT, WITHOUT ROWID;
