-- Whom an alert tags has changed on chains that name what is `mine`: the first start after the update says so, once.
-- A database without a chain is new, and nothing changed for it.
INSERT OR IGNORE INTO said_once (about, text) SELECT 'mine-alone', '' WHERE EXISTS (SELECT 1 FROM chains);
