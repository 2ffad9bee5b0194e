-- When the digest was sent last, by the schedule it came by: one that was missed is caught up, over restarts too.
CREATE TABLE digest_sent (
  schedule TEXT PRIMARY KEY,
  sent_ms INTEGER NOT NULL
) STRICT;
