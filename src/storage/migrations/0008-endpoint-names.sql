-- An endpoint is called by its host: its path may hold a key.
UPDATE clients
SET endpoint = substr(
  substr(endpoint, instr(endpoint, '://') + 3),
  1,
  instr(substr(endpoint, instr(endpoint, '://') + 3) || '/', '/') - 1
)
WHERE endpoint LIKE 'http%://%';

-- So may what was said of why something could not be read; the next look says it anew.
UPDATE chains SET unseen_cause = 'could not be read before the update' WHERE unseen_cause IS NOT NULL;
UPDATE clients SET reason = 'could not be read before the update' WHERE status = 'unreadable';
UPDATE readings SET reason = 'could not be read before the update' WHERE status = 'unreadable';
UPDATE wallets_unseen SET cause = 'could not be read before the update';
