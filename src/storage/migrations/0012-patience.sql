-- How old a chain's newest block may be before it counts as halted, by its own rhythm.
ALTER TABLE chains ADD COLUMN patience_ms INTEGER;
