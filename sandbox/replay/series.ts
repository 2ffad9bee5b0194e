// The recorded series of verdicts, brought into one shape: what the chain said, and everything that it said it from.
import { parseDurationNs, parseTimestampNs } from '../../src/kernel/nanotime.ts'
import type { Recordings } from './recordings.ts'

/** The chain's own verdict on one client at one height, with what the rule needs. */
export interface StatusSample {
  /** Where in the series it stands, for messages of failed tests. */
  at: string
  clientId: string
  /** Host height, and the header time of that block in Unix nanoseconds. */
  height: number
  blockTimeNs: bigint
  /** What `client_status` said. */
  status: string
  trackedChainId: string
  /** `{revision}-{height}` */
  latestHeight: string
  /** Null: there is no consensus state at the latest height. */
  consensusTimestampNs: bigint | null
  trustingPeriodNs: bigint
  frozen: boolean
  /** Asked of an older height afterwards; SDK 0.46 judges that with the newest block's time. */
  pinned: boolean
}

interface RawSample {
  height: number
  blockTime: string
  clientStatus: string
  chainId: string
  latestHeight: string
  consensusTimestamp: string | null
  trustingPeriod: string
  frozenHeight: string
  client_id?: string
  case?: string
  event?: string
}

interface RawSeries {
  client_id?: string
  subject?: string
  live?: RawSample[]
  pinned_afterwards?: RawSample[]
  pinned_to_height_1_while_at_2?: RawSample[]
  samples?: RawSample[]
  steps?: RawSample[]
}

/**
 * Every verdict of a series that was taken block by block: `series-expiry`, `-equality`, `-freeze`, `-recovery`,
 * `-recovery-from-frozen`, `-halted-host`, `-pruning`.
 * @throws when the version has no such series
 */
export function statusSamples(recordings: Recordings, name: string): StatusSample[] {
  const series = recordings.raw<RawSeries>(name)
  const clientId = series.client_id ?? series.subject ?? ''
  const read = (list: RawSample[] | undefined, label: string, pinned: boolean) =>
    (list ?? []).map((raw, i) =>
      sample(raw, `${recordings.version} ${name} ${label}[${i}]`, clientId, pinned),
    )
  return [
    ...read(series.live, 'live', false),
    ...read(series.samples, 'samples', false),
    ...read(series.steps, 'steps', false),
    ...read(series.pinned_afterwards, 'pinned_afterwards', true),
    ...read(series.pinned_to_height_1_while_at_2, 'pinned_to_height_1', true),
  ]
}

function sample(raw: RawSample, at: string, clientId: string, pinned: boolean): StatusSample {
  return {
    at: raw.case || raw.event ? `${at} ${raw.case ?? raw.event}` : at,
    clientId: raw.client_id ?? clientId,
    height: raw.height,
    blockTimeNs: timestamp(raw.blockTime),
    status: raw.clientStatus,
    trackedChainId: raw.chainId,
    latestHeight: raw.latestHeight,
    consensusTimestampNs: raw.consensusTimestamp === null ? null : timestamp(raw.consensusTimestamp),
    trustingPeriodNs: duration(raw.trustingPeriod),
    frozen: raw.frozenHeight !== '0-0',
    pinned,
  }
}

interface RawRandom {
  clients: Record<string, { client_state: string; consensus_state: { status: number; body: string } }>
  sweeps: { height: number; blockTime: string; status: Record<string, string> }[]
}

interface RawClientState {
  client_state: {
    chain_id: string
    trusting_period: string
    frozen_height: { revision_number: string; revision_height: string }
    latest_height: { revision_number: string; revision_height: string }
  }
}

/** `series-random-200`: every client at every height, some 4,800 verdicts. */
export function randomSamples(recordings: Recordings): StatusSample[] {
  const series = recordings.raw<RawRandom>('series-random-200')
  const clients = Object.entries(series.clients).map(([clientId, raw]) => {
    const state = (JSON.parse(raw.client_state) as RawClientState).client_state
    const { revision_number, revision_height } = state.frozen_height
    return {
      clientId,
      trackedChainId: state.chain_id,
      latestHeight: `${state.latest_height.revision_number}-${state.latest_height.revision_height}`,
      consensusTimestampNs:
        raw.consensus_state.status === 200 ? consensusTime(raw.consensus_state.body) : null,
      trustingPeriodNs: duration(state.trusting_period),
      frozen: revision_number !== '0' || revision_height !== '0',
    }
  })
  return series.sweeps.flatMap((sweep, i) =>
    clients.map((client) => ({
      ...client,
      at: `${recordings.version} series-random-200 sweeps[${i}] ${client.clientId}`,
      height: sweep.height,
      blockTimeNs: timestamp(sweep.blockTime),
      status: sweep.status[client.clientId]!,
      pinned: false,
    })),
  )
}

/** The timestamp in the body of a tendermint consensus state, Unix nanoseconds. */
export function consensusTime(body: string): bigint {
  return timestamp((JSON.parse(body) as { consensus_state: { timestamp: string } }).consensus_state.timestamp)
}

function timestamp(text: string): bigint {
  const ns = parseTimestampNs(text)
  if (ns === null) throw new Error(`not a timestamp: ${text}`)
  return ns
}

function duration(text: string): bigint {
  const ns = parseDurationNs(text)
  if (ns === null) throw new Error(`not a duration: ${text}`)
  return ns
}
