-- What an open alert was told from. Until now an alert did not know whether its level was told from memory, while its
-- chain could not be read; such a level is told again once it is seen, so it is found out here: by the sign of the last
-- message about it, and, where an expiry was told, by what the chain itself said when the client was read last.

UPDATE alert_states SET state = json_set(state, '$.basis', 'memory')
WHERE alert_id IS NOT NULL AND identity LIKE 'ibc:%' AND json_valid(state) AND (
  (SELECT json_extract(message.value, '$.headline') FROM outbox_alerts link
     JOIN outbox ON outbox.id = link.outbox_id JOIN json_each(iif(json_valid(outbox.messages), outbox.messages, '[]')) message
     WHERE link.alert_id = alert_states.alert_id
       AND json_extract(message.value, '$.notice.alertId') = alert_states.alert_id
     ORDER BY outbox.id DESC LIMIT 1) LIKE '⚫%'
  OR level = 'expired' AND json_extract(state, '$.toldLevel') IS NOT NULL AND EXISTS (
    SELECT 1 FROM clients WHERE 'ibc:' || chain_id || '/' || client_id = identity AND status = 'active')
);

-- Clients that are past their deadline by the clock while the host chain's own block time is not.
CREATE INDEX clients_by_the_clock ON clients (chain_id) WHERE severity = 'expired' AND status = 'active';

-- Since when the clients of a chain cannot be read although its newest block can; NULL: they can.
ALTER TABLE chains ADD COLUMN unread_since_ms INTEGER;
ALTER TABLE chains ADD COLUMN unread_cause TEXT;
