-- The life of every alert, the outbox of what is to be told about it, and what is known of the webhooks.

-- One row per identity, such as ibc:osmosis-1/07-tendermint-1. The state is JSON; level and alert_id repeat it.
CREATE TABLE alert_states (
  identity   TEXT PRIMARY KEY,
  level      TEXT NOT NULL,
  alert_id   INTEGER,               -- number of the open alert; NULL: none is open
  state      TEXT NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alert_states_open ON alert_states (alert_id) WHERE alert_id IS NOT NULL;

-- The last alert number that was given out. A number is never used twice.
CREATE TABLE alert_numbers (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  last INTEGER NOT NULL
) STRICT;
INSERT INTO alert_numbers (only, last) VALUES (1, 0);

-- One row per message to Discord, or per edit of one. A queue per webhook, in the order of ids.
CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook       TEXT NOT NULL,      -- name of the secret, never the URL
  kind          TEXT NOT NULL CHECK (kind IN ('post', 'edit')),
  storm_id      INTEGER,            -- post: first row of the posts that share one mention
  target_id     INTEGER REFERENCES outbox (id),  -- edit: the post that is edited
  messages      TEXT NOT NULL,      -- JSON list of what it tells
  payload       TEXT,               -- JSON as last sent
  created_ms    INTEGER NOT NULL,
  sending_ms    INTEGER,            -- when an attempt began whose outcome is not known
  delivered_ms  INTEGER,            -- accepted with a 2xx
  superseded_ms INTEGER,            -- not to be sent any more
  attempts      INTEGER NOT NULL DEFAULT 0,
  last_error    TEXT,
  message_id    TEXT                -- Discord's id of the message
) STRICT;
CREATE INDEX outbox_queue ON outbox (webhook, id) WHERE delivered_ms IS NULL AND superseded_ms IS NULL;
CREATE INDEX outbox_storm ON outbox (storm_id);
CREATE INDEX outbox_message ON outbox (message_id) WHERE message_id IS NOT NULL;

-- Which posts alarm about which alert.
CREATE TABLE outbox_alerts (
  alert_id  INTEGER NOT NULL,
  outbox_id INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  level     TEXT NOT NULL,
  PRIMARY KEY (alert_id, outbox_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_alerts_of ON outbox_alerts (outbox_id);

CREATE TABLE webhooks (
  name            TEXT PRIMARY KEY,
  webhook_id      TEXT,
  channel_id      TEXT,
  application_id  TEXT,             -- who made it; NULL: a person
  last_ok_ms      INTEGER,
  gone_since_ms   INTEGER,          -- refused for good since then; NULL: it works as far as is known
  gone_reason     TEXT,
  gone_said_ms    INTEGER           -- when the bot said so in the channel
) STRICT, WITHOUT ROWID;
