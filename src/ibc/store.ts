// What is kept of clients: their last reading and verdict, history. All SQL of ibc/ stands here.
import type { Database } from '../storage/database.ts'
import type { Assessment, Reading, Severity } from './assess.ts'
import type { Knowledge, SeldomAnswer } from './knowledge.ts'
import {
  type ChainRow,
  type ClientRow,
  chainRow,
  clientRow,
  type HistoryRow,
  historyRow,
  type RawClient,
  type RawSeldom,
  rawOf,
  text,
} from './rows.ts'
import type { Seen } from './types.ts'
import { isReading } from './types.ts'

export type { ChainRow, ClientRow, HistoryRow } from './rows.ts'

export interface ClientStore {
  chain(chainId: string): ChainRow | null
  saveHead(chainId: string, head: { height: bigint; timeNs: bigint }, nowMs: number): void
  finishFirstLook(chainId: string, nowMs: number): void
  /** The chain could not be read, for this cause; the time since when is kept. */
  chainUnseen(chainId: string, cause: string, nowMs: number): void
  chainSeen(chainId: string): void
  /** Forgets everything read of a chain: it has started again under the same id. Alert states are not touched. */
  forgetChain(chainId: string): void
  client(chainId: string, clientId: string): ClientRow | null
  clients(chainId?: string): ClientRow[]
  /** Writes what was seen and its verdict; adds to the history when something changed. Returns what was before. */
  save(chainId: string, seen: Seen, verdict: Assessment, nowMs: number): { severity: Severity } | null
  /** A threshold was reached without a new reading: the severity of the last known reading at this time. */
  saveSeverity(chainId: string, clientId: string, severity: Severity, nextDueMs: number | null): void
  /** Clients whose severity changes by itself up to `untilMs`, the earliest first. */
  due(untilMs: number): ClientRow[]
  /** The earliest time at which a client is due, Unix ms. */
  nextDueMs(): number | null
  history(chainId: string, clientId: string, limit: number): HistoryRow[]
  /** Deletes history from before `beforeMs`. */
  prune(beforeMs: number): void
  knowledge(chainId: string): Knowledge
}

/** The store over an open database. */
export function clientStore(database: Database): ClientStore {
  const { sql } = database
  const prepared = new Map<string, ReturnType<typeof sql.prepare>>()
  const statement = (text: string) => {
    const known = prepared.get(text) ?? sql.prepare(text)
    prepared.set(text, known)
    return known
  }
  const client = (chainId: string, clientId: string) => {
    const row = statement('SELECT * FROM clients WHERE chain_id = ? AND client_id = ?').get(chainId, clientId)
    return row ? clientRow(row) : null
  }
  return {
    client,
    chain(chainId) {
      const row = statement('SELECT * FROM chains WHERE chain_id = ?').get(chainId)
      return row ? chainRow(row) : null
    },
    saveHead(chainId, head, nowMs) {
      statement(
        `INSERT INTO chains (chain_id, height, block_time_ns, read_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT (chain_id) DO UPDATE SET height = excluded.height, block_time_ns = excluded.block_time_ns,
           read_ms = excluded.read_ms`,
      ).run(chainId, String(head.height), String(head.timeNs), nowMs)
    },
    finishFirstLook(chainId, nowMs) {
      statement('UPDATE chains SET first_look_ms = coalesce(first_look_ms, ?) WHERE chain_id = ?').run(
        nowMs,
        chainId,
      )
    },
    chainUnseen(chainId, cause, nowMs) {
      statement(
        `INSERT INTO chains (chain_id, unseen_since_ms, unseen_cause) VALUES (?, ?, ?)
         ON CONFLICT (chain_id) DO UPDATE SET unseen_since_ms = coalesce(unseen_since_ms, excluded.unseen_since_ms),
           unseen_cause = excluded.unseen_cause`,
      ).run(chainId, nowMs, cause)
    },
    chainSeen(chainId) {
      statement('UPDATE chains SET unseen_since_ms = NULL, unseen_cause = NULL WHERE chain_id = ?').run(
        chainId,
      )
    },
    forgetChain(chainId) {
      for (const table of ['clients', 'seldom_asked', 'chains']) {
        statement(`DELETE FROM ${table} WHERE chain_id = ?`).run(chainId)
      }
    },
    clients(chainId) {
      const rows =
        chainId === undefined
          ? statement('SELECT * FROM clients').all()
          : statement('SELECT * FROM clients WHERE chain_id = ?').all(chainId)
      return rows.map(clientRow)
    },
    save(chainId, seen, verdict, nowMs) {
      const before = statement('SELECT * FROM clients WHERE chain_id = ? AND client_id = ?').get(
        chainId,
        seen.clientId,
      ) as RawClient | undefined
      const { reading } = seen
      if (!isReading(reading)) saveUnseen(statement, chainId, seen, verdict, before !== undefined, nowMs)
      else if (saveReading(statement, chainId, seen, reading, verdict, before, nowMs)) {
        addHistory(statement, chainId, reading, verdict, nowMs)
      }
      return before ? { severity: before.severity } : null
    },
    saveSeverity(chainId, clientId, severity, nextDueMs) {
      statement('UPDATE clients SET severity = ?, next_due_ms = ? WHERE chain_id = ? AND client_id = ?').run(
        severity,
        nextDueMs,
        chainId,
        clientId,
      )
    },
    due: (untilMs) =>
      statement('SELECT * FROM clients WHERE next_due_ms <= ? ORDER BY next_due_ms')
        .all(untilMs)
        .map(clientRow),
    nextDueMs: () =>
      (statement('SELECT min(next_due_ms) AS due FROM clients').get() as { due: number | null }).due,
    history: (chainId, clientId, limit) =>
      statement('SELECT * FROM readings WHERE chain_id = ? AND client_id = ? ORDER BY at_ms DESC LIMIT ?')
        .all(chainId, clientId, limit)
        .map(historyRow),
    prune(beforeMs) {
      statement('DELETE FROM readings WHERE at_ms < ?').run(beforeMs)
    },
    knowledge: (chainId) => knowledgeOf(statement, chainId),
  }
}

type Statement = (text: string) => {
  run(...values: unknown[]): unknown
  all(...values: unknown[]): unknown[]
}

/** What of a row is news when it differs: it becomes a row of the history. */
const NEWS = ['status', 'severity', 'last_update_ns', 'trusting_period_ns', 'tracked_chain_id'] as const
/** What differs with every reading. */
const ALWAYS_NEW = ['read_ms', 'host_time_ns', 'endpoint'] as const

/** Writes a reading; a row in which nothing else changed gets only its times. Returns whether there is news. */
function saveReading(
  statement: Statement,
  chainId: string,
  seen: Seen,
  reading: Reading,
  verdict: Assessment,
  before: RawClient | undefined,
  nowMs: number,
): boolean {
  const row = rawOf(chainId, seen, reading, verdict, before?.first_seen_ms ?? nowMs)
  const columns = Object.keys(row) as (keyof RawClient)[]
  const always = new Set<string>(ALWAYS_NEW)
  if (before && columns.every((column) => always.has(column) || before[column] === row[column])) {
    statement(
      `UPDATE clients SET ${ALWAYS_NEW.map((column) => `${column} = @${column}`).join(', ')}
       WHERE chain_id = @chain_id AND client_id = @client_id`,
    ).run({
      chain_id: chainId,
      client_id: seen.clientId,
      read_ms: row.read_ms,
      host_time_ns: row.host_time_ns,
      endpoint: row.endpoint,
    })
    return false
  }
  statement(
    `INSERT OR REPLACE INTO clients (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
  ).run(row)
  return !before || before.read_ms === null || NEWS.some((column) => before[column] !== row[column])
}

/** Keeps the last known reading and notes since when the client cannot be seen. */
function saveUnseen(
  statement: Statement,
  chainId: string,
  seen: Seen,
  verdict: Assessment,
  isKnown: boolean,
  nowMs: number,
): void {
  if (isKnown) {
    statement(
      'UPDATE clients SET unseen_since_ms = coalesce(unseen_since_ms, ?), reason = ?, attention = ?, ignored = ? WHERE chain_id = ? AND client_id = ?',
    ).run(nowMs, verdict.reason, seen.attention, seen.ignored ? 1 : 0, chainId, seen.clientId)
    return
  }
  statement(
    `INSERT INTO clients (chain_id, client_id, client_type, rule, frozen, status, severity, reason, attention, ignored,
       connection_ids, far_ends, open_channels, unseen_since_ms, first_seen_ms)
     VALUES (?, ?, ?, 'ask', 0, 'unreadable', 'unreadable', ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    chainId,
    seen.clientId,
    seen.clientType,
    verdict.reason,
    seen.attention,
    seen.ignored ? 1 : 0,
    JSON.stringify(seen.connectionIds),
    JSON.stringify(seen.farEnds),
    JSON.stringify(seen.openChannels),
    nowMs,
    nowMs,
  )
}

function addHistory(
  statement: Statement,
  chainId: string,
  reading: Reading,
  verdict: Assessment,
  nowMs: number,
): void {
  statement('INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    chainId,
    reading.clientId,
    nowMs,
    verdict.status,
    verdict.severity,
    reading.trackedChainId,
    text(reading.latestHeight?.revision ?? null),
    text(reading.latestHeight?.height ?? null),
    text(reading.trustingPeriodNs),
    text(verdict.lastUpdateNs),
    verdict.reason,
  )
}

function knowledgeOf(
  statement: Statement & ((text: string) => { get(...values: unknown[]): unknown }),
  chainId: string,
): Knowledge {
  const rows = new Map<string, ClientRow>()
  for (const raw of statement('SELECT * FROM clients WHERE chain_id = ?').all(chainId)) {
    const row = clientRow(raw)
    rows.set(row.clientId, row)
  }
  const seldom = new Map<string, SeldomAnswer>()
  for (const row of statement('SELECT * FROM seldom_asked WHERE chain_id = ?').all(chainId) as RawSeldom[]) {
    seldom.set(row.question, { answer: row.answer, askedMs: row.asked_ms })
  }
  return {
    consensusTime(clientId, height) {
      const row = rows.get(clientId)
      const known = row?.latestHeight
      return known && known.revision === height.revision && known.height === height.height
        ? row.lastUpdateNs
        : null
    },
    *times() {
      for (const { clientId, latestHeight, lastUpdateNs } of rows.values()) {
        if (latestHeight && lastUpdateNs !== null)
          yield { clientId, height: latestHeight, timeNs: lastUpdateNs }
      }
    },
    surroundingsBefore: (clientId) => rows.get(clientId) ?? null,
    clientIds: () => rows.keys(),
    seldom: (question) => seldom.get(question) ?? null,
    rememberSeldom(question, answer) {
      seldom.set(question, answer)
      statement(
        `INSERT INTO seldom_asked VALUES (?, ?, ?, ?)
         ON CONFLICT (chain_id, question) DO UPDATE SET answer = excluded.answer, asked_ms = excluded.asked_ms`,
      ).run(chainId, question, answer.answer, answer.askedMs)
    },
  }
}
