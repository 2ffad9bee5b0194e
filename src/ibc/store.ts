// What is kept of clients: their last reading and verdict, consensus times, history. All SQL of ibc/ stands here.
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
  type RawSeldom,
  type RawTime,
  text,
} from './rows.ts'
import type { Seen, Surroundings } from './types.ts'
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
  /** Writes what was seen and its verdict; adds to the history when something changed. Returns the row before. */
  save(chainId: string, seen: Seen, assessment: Assessment, nowMs: number): ClientRow | null
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
      for (const table of ['clients', 'consensus_times', 'seldom_asked', 'chains']) {
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
    save(chainId, seen, assessment, nowMs) {
      const before = client(chainId, seen.clientId)
      const { reading } = seen
      if (!isReading(reading)) saveUnseen(statement, chainId, seen, assessment, before, nowMs)
      else {
        saveReading(statement, chainId, seen, reading, assessment, nowMs)
        if (!before || before.readMs === null || changed(before, reading, assessment)) {
          addHistory(statement, chainId, reading, assessment, nowMs)
        }
      }
      return before
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

function saveReading(
  statement: Statement,
  chainId: string,
  seen: Seen,
  reading: Reading,
  verdict: Assessment,
  nowMs: number,
): void {
  const height = reading.latestHeight
  statement(
    `INSERT INTO clients VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)
     ON CONFLICT (chain_id, client_id) DO UPDATE SET client_type = excluded.client_type, rule = excluded.rule,
       tracked_chain_id = excluded.tracked_chain_id, latest_revision = excluded.latest_revision,
       latest_height = excluded.latest_height, trusting_period_ns = excluded.trusting_period_ns,
       frozen = excluded.frozen, last_update_ns = excluded.last_update_ns, status = excluded.status,
       severity = excluded.severity, reason = excluded.reason, attention = excluded.attention,
       ignored = excluded.ignored, connection_ids = excluded.connection_ids, far_ends = excluded.far_ends,
       open_channels = excluded.open_channels, expires_ns = excluded.expires_ns,
       next_due_ms = excluded.next_due_ms, host_time_ns = excluded.host_time_ns, read_ms = excluded.read_ms,
       endpoint = excluded.endpoint, unseen_since_ms = NULL`,
  ).run(
    chainId,
    seen.clientId,
    reading.clientType,
    reading.rule,
    reading.trackedChainId,
    height ? String(height.revision) : null,
    height ? String(height.height) : null,
    text(reading.trustingPeriodNs),
    reading.frozen ? 1 : 0,
    text(verdict.lastUpdateNs),
    verdict.status,
    verdict.severity,
    verdict.reason,
    seen.attention,
    seen.ignored ? 1 : 0,
    JSON.stringify(seen.connectionIds),
    JSON.stringify(seen.farEnds),
    JSON.stringify(seen.openChannels),
    text(verdict.expiresNs),
    verdict.nextDueMs,
    text(reading.hostTimeNs),
    reading.readMs,
    reading.endpoint,
    nowMs,
  )
  if (height && typeof reading.consensus === 'object') {
    // Only the newest is of use: the older ones can no longer be the client's latest height.
    statement(
      'DELETE FROM consensus_times WHERE chain_id = ? AND client_id = ? AND (revision <> ? OR height <> ?)',
    ).run(chainId, seen.clientId, String(height.revision), String(height.height))
    statement('INSERT OR IGNORE INTO consensus_times VALUES (?, ?, ?, ?, ?)').run(
      chainId,
      seen.clientId,
      String(height.revision),
      String(height.height),
      String(reading.consensus.ns),
    )
  }
}

/** Keeps the last known reading and notes since when the client cannot be seen. */
function saveUnseen(
  statement: Statement,
  chainId: string,
  seen: Seen,
  verdict: Assessment,
  before: ClientRow | null,
  nowMs: number,
): void {
  if (before) {
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

function changed(before: ClientRow, reading: Reading, verdict: Assessment): boolean {
  return (
    before.status !== verdict.status ||
    before.severity !== verdict.severity ||
    before.lastUpdateNs !== verdict.lastUpdateNs ||
    before.trustingPeriodNs !== reading.trustingPeriodNs ||
    before.trackedChainId !== reading.trackedChainId
  )
}

function knowledgeOf(
  statement: Statement & ((text: string) => { get(...values: unknown[]): unknown }),
  chainId: string,
): Knowledge {
  const times = new Map<string, { revision: bigint; height: bigint; timeNs: bigint }>()
  for (const row of statement('SELECT * FROM consensus_times WHERE chain_id = ?').all(chainId) as RawTime[]) {
    times.set(row.client_id, {
      revision: BigInt(row.revision),
      height: BigInt(row.height),
      timeNs: BigInt(row.time_ns),
    })
  }
  const before = new Map<string, Surroundings>()
  for (const row of statement('SELECT * FROM clients WHERE chain_id = ?').all(chainId)) {
    const known = clientRow(row)
    before.set(known.clientId, known)
  }
  const seldom = new Map<string, SeldomAnswer>()
  for (const row of statement('SELECT * FROM seldom_asked WHERE chain_id = ?').all(chainId) as RawSeldom[]) {
    seldom.set(row.question, { answer: row.answer, askedMs: row.asked_ms })
  }
  return {
    consensusTime(clientId, height) {
      const known = times.get(clientId)
      return known && known.revision === height.revision && known.height === height.height
        ? known.timeNs
        : null
    },
    *times() {
      for (const [clientId, { timeNs, ...height }] of times) yield { clientId, height, timeNs }
    },
    surroundingsBefore: (clientId) => before.get(clientId) ?? null,
    clientIds: () => before.keys(),
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
