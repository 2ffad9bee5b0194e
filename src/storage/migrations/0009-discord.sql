-- The one server that counts, where the slash commands are, and what was said about the bot itself.

-- One row once the server is known: learnt once, changed by the configuration only.
CREATE TABLE discord_guild (
  only        INTEGER PRIMARY KEY CHECK (only = 1),
  guild_id    TEXT NOT NULL,
  commands_in TEXT              -- the server that has the slash commands; NULL: not known, perhaps all of them
) STRICT;

-- What is told once while it lasts, over restarts too.
CREATE TABLE said_once (
  about TEXT PRIMARY KEY,
  text  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
