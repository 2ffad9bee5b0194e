// What is kept of clients, as rows: their types, and how the database's text becomes them.
import { z } from 'zod'
import type { Height, StatusRule } from '../cosmos/types.ts'
import type { Assessment, ClientStatus, Reading, Severity } from './assess.ts'
import type { SeldomAnswer } from './knowledge.ts'
import type { Attention, FarEnd, Seen, Surroundings } from './types.ts'

/** A client as it is known: the last reading that succeeded and its verdict then. */
export interface ClientRow extends Surroundings {
  chainId: string
  clientId: string
  clientType: string
  rule: StatusRule
  trackedChainId: string | null
  latestHeight: Height | null
  trustingPeriodNs: bigint | null
  frozen: boolean
  lastUpdateNs: bigint | null
  status: ClientStatus
  severity: Severity
  reason: string | null
  expiresNs: bigint | null
  nextDueMs: number | null
  hostTimeNs: bigint | null
  /** When it was last read with success, Unix ms; null: never yet. */
  readMs: number | null
  endpoint: string | null
  /** Since when it cannot be read, Unix ms; null: it can. */
  unseenSinceMs: number | null
  firstSeenMs: number
}

/** A row of a client's history: what was new at `atMs`. */
export interface HistoryRow {
  atMs: number
  status: ClientStatus
  severity: Severity
  trackedChainId: string | null
  latestHeight: Height | null
  trustingPeriodNs: bigint | null
  lastUpdateNs: bigint | null
  reason: string | null
}

export interface RawSeldom {
  question: string
  answer: SeldomAnswer['answer']
  asked_ms: number
}
/** A row of the table `clients`, column by column. */
export interface RawClient extends RawFacts {
  chain_id: string
  client_id: string
  client_type: string
  rule: StatusRule
  frozen: number
  attention: Attention
  ignored: number
  connection_ids: string
  far_ends: string
  open_channels: string
  expires_ns: string | null
  next_due_ms: number | null
  host_time_ns: string | null
  read_ms: number | null
  endpoint: string | null
  unseen_since_ms: number | null
  first_seen_ms: number
}
interface RawHistory extends RawFacts {
  at_ms: number
}
interface RawFacts {
  status: ClientStatus
  severity: Severity
  tracked_chain_id: string | null
  latest_revision: string | null
  latest_height: string | null
  trusting_period_ns: string | null
  last_update_ns: string | null
  reason: string | null
}

const idList = z.array(z.string())
const farEndList: z.ZodType<FarEnd[]> = z.array(
  z.object({ chainId: z.string(), clientId: z.string(), connectionId: z.string() }),
)

/** @throws {ZodError} when a stored list is not one */
export function clientRow(raw: unknown): ClientRow {
  const row = raw as RawClient
  return {
    chainId: row.chain_id,
    clientId: row.client_id,
    clientType: row.client_type,
    rule: row.rule,
    frozen: row.frozen === 1,
    attention: row.attention,
    ignored: row.ignored === 1,
    connectionIds: idList.parse(JSON.parse(row.connection_ids)),
    farEnds: farEndList.parse(JSON.parse(row.far_ends)),
    openChannels: idList.parse(JSON.parse(row.open_channels)),
    expiresNs: big(row.expires_ns),
    nextDueMs: row.next_due_ms,
    hostTimeNs: big(row.host_time_ns),
    readMs: row.read_ms,
    endpoint: row.endpoint,
    unseenSinceMs: row.unseen_since_ms,
    firstSeenMs: row.first_seen_ms,
    ...facts(row),
  }
}

export const historyRow = (raw: unknown): HistoryRow => ({
  atMs: (raw as RawHistory).at_ms,
  ...facts(raw as RawHistory),
})

function facts(row: RawFacts) {
  return {
    status: row.status,
    severity: row.severity,
    reason: row.reason,
    trackedChainId: row.tracked_chain_id,
    latestHeight:
      row.latest_revision !== null && row.latest_height !== null
        ? { revision: BigInt(row.latest_revision), height: BigInt(row.latest_height) }
        : null,
    trustingPeriodNs: big(row.trusting_period_ns),
    lastUpdateNs: big(row.last_update_ns),
  }
}

/** The row of a reading and its verdict. */
export function rawOf(
  chainId: string,
  seen: Seen,
  reading: Reading,
  verdict: Assessment,
  firstSeenMs: number,
): RawClient {
  const height = reading.latestHeight
  return {
    chain_id: chainId,
    client_id: seen.clientId,
    client_type: reading.clientType,
    rule: reading.rule,
    tracked_chain_id: reading.trackedChainId,
    latest_revision: text(height?.revision ?? null),
    latest_height: text(height?.height ?? null),
    trusting_period_ns: text(reading.trustingPeriodNs),
    frozen: reading.frozen ? 1 : 0,
    last_update_ns: text(verdict.lastUpdateNs),
    status: verdict.status,
    severity: verdict.severity,
    reason: verdict.reason,
    attention: seen.attention,
    ignored: seen.ignored ? 1 : 0,
    connection_ids: JSON.stringify(seen.connectionIds),
    far_ends: JSON.stringify(seen.farEnds),
    open_channels: JSON.stringify(seen.openChannels),
    expires_ns: text(verdict.expiresNs),
    next_due_ms: verdict.nextDueMs,
    host_time_ns: text(reading.hostTimeNs),
    read_ms: reading.readMs,
    endpoint: reading.endpoint,
    unseen_since_ms: null,
    first_seen_ms: firstSeenMs,
  }
}

/** A bigint as TEXT. */
const text = (value: bigint | null): string | null => (value === null ? null : String(value))
const big = (value: string | null): bigint | null => (value === null ? null : BigInt(value))

/**
 * The last reading of a client as it was, to be judged again at another moment. Null when none gave a verdict.
 */
export function readingOf(row: ClientRow): Reading | null {
  const { status } = row
  if (row.readMs === null || status === 'unreadable') return null
  return {
    hostChainId: row.chainId,
    clientId: row.clientId,
    clientType: row.clientType,
    rule: row.rule,
    trackedChainId: row.trackedChainId,
    latestHeight: row.latestHeight,
    trustingPeriodNs: row.trustingPeriodNs,
    frozen: row.frozen,
    authorized: status !== 'unauthorized',
    consensus:
      row.lastUpdateNs !== null
        ? { ns: row.lastUpdateNs }
        : row.rule === 'tendermint'
          ? 'absent'
          : 'not-needed',
    chainSays: row.rule === 'ask' ? status : null,
    hostTimeNs: row.hostTimeNs ?? 0n,
    endpoint: row.endpoint ?? '',
    readMs: row.readMs,
  }
}
