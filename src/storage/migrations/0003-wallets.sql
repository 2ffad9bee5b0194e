-- Wallets: who wants to know of which balance, the balances, and chains added from the channel.

-- user_id is a Discord id; '' for a wallet of the configuration. Addresses are in lower case, amounts in base units.
CREATE TABLE wallet_registrations (
  user_id        TEXT NOT NULL,
  chain_id       TEXT NOT NULL,
  address        TEXT NOT NULL,
  denom          TEXT NOT NULL,
  threshold_base TEXT NOT NULL,
  created_ms     INTEGER NOT NULL,
  PRIMARY KEY (user_id, chain_id, address, denom)
) STRICT, WITHOUT ROWID;
CREATE INDEX wallet_registrations_of_chain ON wallet_registrations (chain_id, address, denom);

-- The newest reading of each balance.
CREATE TABLE wallet_balances (
  chain_id     TEXT NOT NULL,
  address      TEXT NOT NULL,
  denom        TEXT NOT NULL,
  balance_base TEXT NOT NULL,
  read_ms      INTEGER NOT NULL,
  PRIMARY KEY (chain_id, address, denom)
) STRICT, WITHOUT ROWID;

-- A row when a balance was another than before; the runway is worked out from these.
CREATE TABLE wallet_history (
  chain_id     TEXT NOT NULL,
  address      TEXT NOT NULL,
  denom        TEXT NOT NULL,
  at_ms        INTEGER NOT NULL,
  balance_base TEXT NOT NULL,
  PRIMARY KEY (chain_id, address, denom, at_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE registered_chains (
  chain_id TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  rest     TEXT NOT NULL,     -- JSON list of base URLs
  symbol   TEXT NOT NULL,
  denom    TEXT NOT NULL,
  decimals INTEGER NOT NULL,
  added_by TEXT NOT NULL,     -- Discord id
  added_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
