-- A post stays in the outbox as it was sent: what became of its lines is in its edits. Until now an edit that was accepted
-- was written over it; the marks that edits left (and who has an alert) are taken out again.

UPDATE outbox SET payload = json_set(payload, '$.content', trim(
  replace(replace(replace(replace(replace(replace(replace(
    char(10) || (payload ->> '$.content') || char(10),
    '~~' || char(10), char(10)),
    char(10) || '🟢 ~~', char(10)), char(10) || '⚪️ ~~', char(10)), char(10) || '⚪ ~~', char(10)),
    char(10) || '🟢 over: ', char(10)), char(10) || '⚪ withdrawn: ', char(10)), char(10) || '⚪ seen since: ', char(10)),
  char(10)))
WHERE kind = 'post' AND json_valid(payload)
  AND id IN (SELECT target_id FROM outbox WHERE kind = 'edit' AND delivered_ms IS NOT NULL);

UPDATE outbox SET payload = json_set(payload, '$.content', substr(payload ->> '$.content', 1, instr(payload ->> '$.content', ' · 👀 ') - 1))
WHERE kind = 'post' AND json_valid(payload) AND message_id IS NOT NULL
  AND instr(payload ->> '$.content', ' · 👀 ') > 0 AND instr(payload ->> '$.content', char(10)) = 0;

-- json(): newer versions of SQLite take what a subquery gives for text.
UPDATE outbox SET payload = json_set(payload, '$.embeds', json((
  SELECT json_group_array(json(iif(value ->> '$.description' LIKE '👀 %', json_set(value, '$.description',
    substr(value ->> '$.description', instr((value ->> '$.description') || char(10), char(10)) + 1)), value)))
  FROM json_each(payload, '$.embeds'))))
WHERE kind = 'post' AND json_valid(payload) AND message_id IS NOT NULL AND payload LIKE '%👀 %'
  AND json_type(payload, '$.embeds') = 'array'
  AND NOT EXISTS (SELECT 1 FROM json_each(payload, '$.embeds') WHERE type <> 'object');

-- Who has an alert is known where it stands, and is no word of its own in an edit.
UPDATE outbox SET messages = (SELECT json_group_array(json(value)) FROM json_each(messages)
  WHERE value ->> '$.notice.kind' IS NOT 'held')
WHERE kind = 'edit' AND json_valid(messages) AND messages LIKE '%"held"%'
  AND NOT EXISTS (SELECT 1 FROM json_each(messages) WHERE type <> 'object');

CREATE INDEX outbox_edits ON outbox (target_id) WHERE target_id IS NOT NULL;
