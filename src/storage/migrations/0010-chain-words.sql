-- Which chain a word of the configuration meant last: the chain registry may not say it any more.
CREATE TABLE chain_words (
  word TEXT PRIMARY KEY,
  chain_id TEXT NOT NULL
) STRICT;
