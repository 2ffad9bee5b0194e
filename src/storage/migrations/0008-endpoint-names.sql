-- An endpoint is called by its host: its path may hold a key.
UPDATE clients
SET endpoint = substr(
  substr(endpoint, instr(endpoint, '://') + 3),
  1,
  instr(substr(endpoint, instr(endpoint, '://') + 3) || '/', '/') - 1
)
WHERE endpoint LIKE 'http%://%';
