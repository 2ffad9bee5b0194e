-- The digest asks what became worse and what became well again, among all the updates of healthy clients.
CREATE INDEX readings_of_trouble ON readings (chain_id, client_id, at_ms) WHERE severity <> 'ok';
