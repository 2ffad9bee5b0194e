// The outbox in the database: what is to be sent through each webhook, in order, and what became of it.

import { z } from 'zod'
import type { Logger } from '../../kernel/logger.ts'
import type { Database } from '../../storage/database.ts'
import { isAlarm } from '../life.ts'
import type { Payload } from '../payload.ts'
import type { Level, Message } from '../types.ts'
import { heldQueries, WAITING } from './held.ts'

/** One message to Discord, or one edit of a message. Times are Unix ms. */
export interface OutboxRow {
  id: number
  /** Name of the webhook's secret. */
  webhook: string
  kind: 'post' | 'edit'
  /** For posts: id of the first row of the posts that share one mention. */
  stormId: number | null
  /** For edits: the post that is edited. It stays as it was sent. */
  targetId: number | null
  /** What it tells; for edits: what became of lines of the post, nothing where it is who has them. */
  messages: Message[]
  /** As last sent. */
  payload: Payload | null
  createdMs: number
  /** When an attempt began whose outcome is not known. */
  sendingMs: number | null
  deliveredMs: number | null
  attempts: number
  lastError: string | null
  messageId: string | null
}

/** What is known of a webhook. */
export interface WebhookRow {
  name: string
  webhookId: string | null
  channelId: string | null
  lastOkMs: number | null
  goneSinceMs: number | null
  goneReason: string | null
  /** When the bot said in the channel that it is gone, or takes nothing. */
  saidMs: number | null
}

/** A post that alarms (or is to alarm) about an alert. */
export interface Alarm {
  rowId: number
  level: Level
  delivered: boolean
}

const COLUMNS = `id, webhook, kind, storm_id AS stormId, target_id AS targetId, messages, payload,
  created_ms AS createdMs, sending_ms AS sendingMs, delivered_ms AS deliveredMs,
  attempts, last_error AS lastError, message_id AS messageId`

// Only this program writes these rows; what is checked is what the code below would stumble over.
const messagesSchema = z.array(
  z.looseObject({
    identity: z.string(),
    headline: z.string(),
    mention: z.array(z.string()),
    notice: z.looseObject({ kind: z.string(), level: z.string(), alertId: z.number() }),
  }),
)
const payloadSchema = z.looseObject({ content: z.string(), embeds: z.array(z.looseObject({})) }).nullable()

type Raw = Omit<OutboxRow, 'messages' | 'payload'> & { messages: string; payload: string | null }

function parseRow(raw: Raw): OutboxRow {
  return {
    ...raw,
    messages: messagesSchema.parse(JSON.parse(raw.messages)) as unknown as Message[],
    payload: payloadSchema.parse(JSON.parse(raw.payload ?? 'null')) as Payload | null,
  }
}

/** What may be sent next through a webhook. */
const NEXT = {
  post: `SELECT id, target_id AS targetId FROM outbox WHERE webhook = ? AND kind = 'post' AND ${WAITING} ORDER BY id`,
  edit: `SELECT id, target_id AS targetId FROM outbox WHERE webhook = ? AND kind = 'edit' AND ${WAITING}
           AND NOT EXISTS (SELECT 1 FROM outbox AS target WHERE target.id = outbox.target_id
                             AND target.delivered_ms IS NULL AND target.superseded_ms IS NULL)
         ORDER BY id`,
}

const FORGET = `DELETE FROM outbox WHERE coalesce(delivered_ms, superseded_ms) < ?
  AND coalesce(target_id, id) NOT IN (SELECT outbox_id FROM outbox_alerts
                 WHERE alert_id IN (SELECT alert_id FROM alert_states WHERE alert_id IS NOT NULL))
  AND id NOT IN (SELECT target_id FROM outbox WHERE target_id IS NOT NULL)
  AND (storm_id IS NULL OR storm_id NOT IN (SELECT storm_id FROM outbox WHERE ${WAITING} AND storm_id IS NOT NULL))`

type NewRow = Pick<OutboxRow, 'webhook' | 'kind' | 'stormId' | 'targetId' | 'messages'>

const insert = ({ one }: Database, row: NewRow, nowMs: number): number =>
  one<{ id: number }>(
    `INSERT INTO outbox (webhook, kind, storm_id, target_id, messages, created_ms)
     VALUES (@webhook, @kind, @stormId, @targetId, @messages, @nowMs) RETURNING id`,
    { ...row, messages: JSON.stringify(row.messages), nowMs },
  )!.id

/**
 * Notes of what a post alarms. An edit that says what was seen since raises no alarm: the post that does must not give
 * way to it.
 */
function linkAlarms({ run }: Database, id: number, messages: readonly Message[]): void {
  for (const { notice } of messages.filter((one) => isAlarm(one.notice))) {
    run(
      `INSERT OR IGNORE INTO outbox_alerts (alert_id, outbox_id, level)
       SELECT ?, id, ? FROM outbox WHERE id = ? AND kind = 'post'`,
      notice.alertId,
      notice.level,
      id,
    )
  }
}

const unlinkAlarms = ({ run }: Database, id: number) =>
  run('DELETE FROM outbox_alerts WHERE outbox_id = ?', id)

const enqueueQueries = (database: Database) => ({
  /** Adds the posts of one storm, in order, and returns its id; `stormId`: of one that is there already. */
  enqueueStorm(
    webhook: string,
    posts: readonly Message[][],
    nowMs: number,
    stormId: number | null = null,
  ): number {
    for (const messages of posts) {
      const id: number = insert(database, { webhook, kind: 'post', stormId, targetId: null, messages }, nowMs)
      stormId ??= id
      database.run('UPDATE outbox SET storm_id = ? WHERE id = ?', stormId, id)
      linkAlarms(database, id, messages)
    }
    return stormId!
  },
  /** Adds an edit of the post `targetId`: what became of its lines. The first that is made says what all say. */
  enqueueEdit: (webhook: string, targetId: number, messages: Message[], nowMs: number) =>
    insert(database, { webhook, kind: 'edit', stormId: null, targetId, messages }, nowMs),
  /** What waited for the same post when this edit was made, up to the row `lastId`, was said by it. */
  markEditsSaid: (id: number, lastId: number, nowMs: number) =>
    database.run(
      `UPDATE outbox SET superseded_ms = @nowMs WHERE kind = 'edit' AND id <> @id AND id <= @lastId AND ${WAITING}
         AND target_id = (SELECT target_id FROM outbox WHERE id = @id)`,
      { id, lastId, nowMs },
    ),
})

export type Outbox = ReturnType<typeof createOutbox>

/** The outbox of a database. Every function is synchronous. A row that cannot be understood is logged and left out. */
export function createOutbox(database: Database, logger?: Logger) {
  const { all, each, one, run } = database
  const understand = (raw: Raw): OutboxRow[] => {
    try {
      return [parseRow(raw)]
    } catch (error) {
      logger?.error({ row: raw.id, err: error }, 'a row of the outbox cannot be understood: it is not sent')
      return []
    }
  }
  const rows = (condition: string, value: number | string): OutboxRow[] =>
    all<Raw>(`SELECT ${COLUMNS} FROM outbox WHERE ${condition}`, value).flatMap(understand)
  return {
    ...heldQueries(database),
    ...enqueueQueries(database),
    row: (id: number): OutboxRow | null => rows('id = ?', id)[0] ?? null,
    /**
     * Ids of the rows that may be sent now, in order: posts; or edits whose post is settled, of each message the first.
     * Read as they are taken: nothing is to be written meanwhile.
     */
    *waiting(webhook: string, kind: OutboxRow['kind']): Generator<number> {
      const seen = new Set<number>()
      for (const { id, targetId } of each<Pick<OutboxRow, 'id' | 'targetId'>>(NEXT[kind], webhook)) {
        if (targetId === null || !seen.has(targetId)) yield id
        if (targetId !== null) seen.add(targetId)
      }
    },
    /** The rows of a storm that were or will be sent, in order. */
    stormRows: (stormId: number): OutboxRow[] =>
      rows('storm_id = ? AND superseded_ms IS NULL ORDER BY id', stormId),
    /** The edits of a post, in order, whatever came of them. */
    edits: (targetId: number): OutboxRow[] => rows("target_id = ? AND kind = 'edit' ORDER BY id", targetId),
    /** The alarms about an alert that were or will be sent, in order. */
    alarms: (alertId: number, webhook: string): Alarm[] =>
      all<{ rowId: number; level: Level; deliveredMs: number | null }>(
        `SELECT outbox_id AS rowId, level, delivered_ms AS deliveredMs
         FROM outbox_alerts JOIN outbox ON id = outbox_id
         WHERE alert_id = ? AND webhook = ? AND superseded_ms IS NULL ORDER BY id`,
        alertId,
        webhook,
      ).map(({ rowId, level, deliveredMs }) => ({ rowId, level, delivered: deliveredMs !== null })),
    /** Before a request: what will be sent. Until its outcome is known the row counts as perhaps sent. */
    markSending(id: number, messages: readonly Message[], sent: Payload, nowMs: number): void {
      unlinkAlarms(database, id)
      linkAlarms(database, id, messages)
      run(
        'UPDATE outbox SET messages = ?, payload = ?, sending_ms = ?, attempts = attempts + 1 WHERE id = ?',
        JSON.stringify(messages),
        JSON.stringify(sent),
        nowMs,
        id,
      )
    },
    setMessages: (id: number, messages: readonly Message[]) =>
      run('UPDATE outbox SET messages = ? WHERE id = ?', JSON.stringify(messages), id),
    /** It was told; without an id by the bot's own account, or as an edit. */
    markDelivered(id: number, messageId: string | null, nowMs: number): void {
      run(
        'UPDATE outbox SET delivered_ms = ?, sending_ms = NULL, message_id = ?, last_error = NULL WHERE id = ?',
        nowMs,
        messageId,
        id,
      )
    },
    /** The outcome of an attempt is not known: it may have been accepted. */
    markUncertain(id: number, error: string): void {
      run('UPDATE outbox SET last_error = ? WHERE id = ?', error, id)
    },
    /** An attempt was certainly not accepted; it will be tried again. */
    markRefused(id: number, error: string): void {
      run('UPDATE outbox SET last_error = ?, sending_ms = NULL WHERE id = ?', error, id)
    },
    /** It is not to be sent (any more). */
    markSuperseded(id: number, reason: string | null, nowMs: number): void {
      unlinkAlarms(database, id)
      run(
        `UPDATE outbox SET superseded_ms = ?, sending_ms = NULL, last_error = COALESCE(?, last_error)
         WHERE id = ?`,
        nowMs,
        reason,
        id,
      )
    },
    /** The message by which a row of a lane was settled last; null: none was. */
    lastMessageId: (webhook: string): string | null =>
      one<{ id: string }>(
        `SELECT message_id AS id FROM outbox WHERE webhook = ? AND message_id IS NOT NULL
         ORDER BY length(message_id) DESC, message_id DESC LIMIT 1`,
        webhook,
      )?.id ?? null,
    /** When the newest row of a lane was made that was settled without a message, Unix ms; null: none was. */
    lastUntoldMs: (webhook: string): number | null =>
      one<{ atMs: number | null }>(
        `SELECT max(created_ms) AS atMs FROM outbox
         WHERE webhook = ? AND delivered_ms IS NOT NULL AND message_id IS NULL`,
        webhook,
      )?.atMs ?? null,
    isKnownMessage: (messageId: string): boolean =>
      one('SELECT 1 FROM outbox WHERE message_id = ? LIMIT 1', messageId) !== undefined,
    /** `oldestPostMs`: of what tells something; the line that counts what was told otherwise waits as long as it must. */
    queues: () =>
      all<{ webhook: string; waiting: number; oldestMs: number; posts: number; oldestPostMs: number | null }>(
        `SELECT webhook, count(*) AS waiting, min(created_ms) AS oldestMs,
           sum(kind = 'post') AS posts,
           min(iif(kind = 'post' AND messages NOT LIKE ?, created_ms, NULL)) AS oldestPostMs
         FROM outbox WHERE ${WAITING} GROUP BY webhook`,
        `[{"identity":"${COUNT_LINE}"%`,
      ),
    lastId: (): number => one<{ id: number | null }>('SELECT max(id) AS id FROM outbox')?.id ?? 0,
    lastError: (webhook: string): string | null =>
      one<Pick<OutboxRow, 'lastError'>>(
        `SELECT last_error AS lastError FROM outbox WHERE webhook = ? AND ${WAITING} AND last_error IS NOT NULL
         ORDER BY kind = 'edit', id LIMIT 1`,
        webhook,
      )?.lastError ?? null,
    /** Forgets what was settled before `beforeMs` and is not needed for an open alert. Returns how many rows. */
    prune: (beforeMs: number): number => run(FORGET, beforeMs).changes,
  }
}

/** What the line is about that tells a webhook, when it works again, how much the bot's own account has said. */
export const COUNT_LINE = 'bot:said-by-itself'

/** Of a webhook that works, as far as is known. */
export const WORKS = { goneSinceMs: null, goneReason: null, saidMs: null }

/** What is known of the webhooks, in the database. */
export function createWebhookStore(database: Database) {
  const get = (name: string): WebhookRow =>
    database.one<WebhookRow>(
      `SELECT name, webhook_id AS webhookId, channel_id AS channelId,
         last_ok_ms AS lastOkMs, gone_since_ms AS goneSinceMs, gone_reason AS goneReason, gone_said_ms AS saidMs
       FROM webhooks WHERE name = ?`,
      name,
    ) ?? { name, webhookId: null, channelId: null, lastOkMs: null, ...WORKS }
  return {
    get,
    /** Keeps `change` of what is known of a webhook. */
    update(name: string, change: Partial<WebhookRow>): WebhookRow {
      const row = { ...get(name), ...change }
      database.run(
        `INSERT OR REPLACE INTO webhooks
           (name, webhook_id, channel_id, last_ok_ms, gone_since_ms, gone_reason, gone_said_ms)
         VALUES (@name, @webhookId, @channelId, @lastOkMs, @goneSinceMs, @goneReason, @saidMs)`,
        row,
      )
      return row
    },
  }
}
