// How a client becomes a row of the database and back: one table of its columns, read in both directions.
import { z } from 'zod'
import { type ClientRow, type HistoryRow, IN_HISTORY } from './types.ts'

/** A row of the table `clients` or `readings`, column by column. */
export type Raw = Record<string, unknown>

interface Kind {
  toColumn(value: unknown): unknown
  /** @throws {ZodError} when a stored list is not one */
  fromColumn(value: unknown): unknown
}

const as = (fromColumn: (value: never) => unknown, toColumn: (value: never) => unknown): Kind =>
  ({ fromColumn, toColumn }) as Kind
const same = as(
  (value) => value,
  (value) => value,
)
const flag = as(
  (value) => value === 1,
  (value) => (value ? 1 : 0),
)
/** A bigint as TEXT. */
const big = as(
  (text: string | null) => (text === null ? null : BigInt(text)),
  (value: bigint | null) => (value === null ? null : String(value)),
)
const list = (schema: z.ZodType) => as((text: string) => schema.parse(JSON.parse(text)), JSON.stringify)
const ids = list(z.array(z.string()))
const farEnds = list(
  z.array(z.object({ chainId: z.string(), clientId: z.string(), connectionId: z.string() })),
)

type Field = Exclude<keyof ClientRow, 'latestHeight'>

const COLUMNS: Record<Field, [column: string, kind: Kind]> = {
  chainId: ['chain_id', same],
  clientId: ['client_id', same],
  clientType: ['client_type', same],
  rule: ['rule', same],
  trackedChainId: ['tracked_chain_id', same],
  trustingPeriodNs: ['trusting_period_ns', big],
  frozen: ['frozen', flag],
  lastUpdateNs: ['last_update_ns', big],
  absent: ['absent', same],
  status: ['status', same],
  severity: ['severity', same],
  reason: ['reason', same],
  attention: ['attention', same],
  ignored: ['ignored', flag],
  connectionIds: ['connection_ids', ids],
  farEnds: ['far_ends', farEnds],
  openChannels: ['open_channels', ids],
  expiresNs: ['expires_ns', big],
  nextDueMs: ['next_due_ms', same],
  hostTimeNs: ['host_time_ns', big],
  readMs: ['read_ms', same],
  endpoint: ['endpoint', same],
  unseenSinceMs: ['unseen_since_ms', same],
  firstSeenMs: ['first_seen_ms', same],
}
const FIELDS = Object.keys(COLUMNS) as Field[]

type Coder = readonly [field: string, column: string, kind: Kind]

const coders = (fields: readonly (keyof ClientRow)[]): Coder[] =>
  fields.flatMap((field) => (field === 'latestHeight' ? [] : [[field, ...COLUMNS[field]] as const]))
const OF_CLIENT = coders(FIELDS)
const OF_HISTORY = coders(IN_HISTORY)

// Loops: a sweep of thousands goes through here for each client, several times.
function decode(raw: Raw, fields: readonly Coder[]): Raw {
  const decoded: Raw = {}
  for (const [field, column, kind] of fields) decoded[field] = kind.fromColumn(raw[column])
  const { latest_revision: revision, latest_height: height } = raw as Record<string, string | null>
  decoded.latestHeight =
    revision != null && height != null ? { revision: BigInt(revision), height: BigInt(height) } : null
  return decoded
}

/** @throws {ZodError} when a stored list is not one */
export const clientOf = (raw: Raw): ClientRow => decode(raw, OF_CLIENT) as unknown as ClientRow

export const historyOf = (raw: Raw): HistoryRow =>
  ({ atMs: raw.at_ms, ...decode(raw, OF_HISTORY) }) as unknown as HistoryRow

/** The columns of a client. */
export function columnsOf(client: ClientRow): Raw {
  const columns: Raw = {}
  for (const [field, column, kind] of OF_CLIENT) columns[column] = kind.toColumn(client[field as Field])
  const height = client.latestHeight
  columns.latest_revision = height && String(height.revision)
  columns.latest_height = height && String(height.height)
  return columns
}
