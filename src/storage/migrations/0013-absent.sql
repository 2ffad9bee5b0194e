-- How it is known that a client's consensus state is not there. Until now the sentence of its reason told.
ALTER TABLE clients ADD COLUMN absent TEXT;
UPDATE clients SET absent = CASE WHEN reason LIKE '%two looks%' THEN 'absent-twice' ELSE 'absent' END
  WHERE rule = 'tendermint' AND last_update_ns IS NULL;
