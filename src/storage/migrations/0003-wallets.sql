-- Wallets: who wants to know of which balance, the balances, and chains added from the channel.

-- user_id is a Discord id; wallets of the configuration are not in here. Addresses are in lower case, amounts in base
-- units.
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

-- Wallets that cannot be read now, since when and why.
CREATE TABLE wallets_unseen (
  chain_id TEXT NOT NULL,
  address  TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  cause    TEXT NOT NULL,
  PRIMARY KEY (chain_id, address)
) STRICT, WITHOUT ROWID;

-- How tokens are shown that are not their chain's own: 1 symbol is 10^decimals of the denom.
CREATE TABLE wallet_tokens (
  chain_id TEXT NOT NULL,
  denom    TEXT NOT NULL,
  symbol   TEXT NOT NULL,
  decimals INTEGER NOT NULL,
  PRIMARY KEY (chain_id, denom)
) STRICT, WITHOUT ROWID;

CREATE TABLE registered_chains (
  chain_id TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  rest     TEXT NOT NULL,     -- JSON list of base URLs
  symbol   TEXT NOT NULL,
  denom    TEXT NOT NULL,
  decimals INTEGER NOT NULL,
  prefix   TEXT,              -- of account addresses; NULL: not known
  added_by TEXT NOT NULL,     -- Discord id
  added_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
