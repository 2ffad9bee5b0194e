// Everything that is measured of the watch, for Prometheus: docs/metrics.md lists it, and says how many of each there may be.
import type { DeliveryStatus } from '../alerts/outbox/status.ts'
import type { AlertStore } from '../alerts/store.ts'
import type { Directory } from '../chains/directory.ts'
import type { ChainStatus } from '../clients/chain-status.ts'
import type { ClientStore, MeasuredClient } from '../clients/store.ts'
import type { Faucets } from '../faucet/index.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import type { Measure } from '../ops/metrics.ts'
import type { Wallets } from '../wallets/index.ts'
import { RANK } from '../words/levels.ts'

export interface MeasuresDeps {
  version: string
  directory: Directory
  store: Pick<ClientStore, 'measured'>
  chainStatus: (chainId: string) => ChainStatus
  /** When the next sweep after `ms` is due; null: none is. */
  nextSweepMs: (ms: number) => number | null
  alerts: Pick<AlertStore, 'openCounts' | 'lastId'>
  delivery: { status(): DeliveryStatus }
  wallets: Pick<Wallets, 'measured'>
  faucet: Pick<Faucets, 'measured'> | null
  isConnected: () => boolean
  database: () => { bytes: number | null; isWritable: boolean }
  /** When the last ping went out, Unix ms; null: none did. */
  pingedMs: () => number | null
}

/** Of each kind so many are shown: what a Prometheus on a small machine bears. */
const MOST = { clients: 1000, chains: 200, endpoints: 500, wallets: 200 } as const

type Labels = Readonly<Record<string, string>>

/** One metric of many things: its name and help, its value for each, and labels beside those that all have. */
type Row<T> = readonly [
  name: string,
  help: string,
  value: (one: T) => number | boolean | null | undefined,
  more?: (one: T) => Labels,
]

/** The metrics of many things, as they are taken. What is called `_total` only rises. */
function* measuresOfAll<T extends { labels: Labels }>(
  all: readonly T[],
  rows: readonly Row<T>[],
): Generator<Measure> {
  for (const [name, help, value, more] of rows) {
    const values = all.map((one) => {
      const known = value(one)
      return [
        more ? { ...one.labels, ...more(one) } : one.labels,
        known == null ? null : Number(known),
      ] as const
    })
    yield { name, help, type: name.endsWith('_total') ? 'counter' : 'gauge', values }
  }
}

const seconds = (ms: number | null | undefined) => (ms == null ? null : ms / 1000)

/** One after the other, as they are taken. */
export function* measuresOf(deps: MeasuresDeps, nowMs: number): Generator<Measure> {
  const leftOut: Record<string, number> = {}
  const some = <T>(what: keyof typeof MOST, all: readonly T[], known = all.length): readonly T[] => {
    const shown = all.slice(0, MOST[what])
    leftOut[what] = known - shown.length
    return shown
  }
  const chains = some('chains', deps.directory.all())
  const looks = chains.map(({ chainId, name }): Look => {
    const status = deps.chainStatus(chainId)
    const { sweep } = status
    return {
      ...status,
      labels: { chain_id: chainId },
      name: name ?? chainId,
      dueMs: sweep && deps.nextSweepMs(sweep.finishedMs ?? sweep.startedMs),
      sweep: sweep?.finishedMs ? sweep : null,
    }
  })
  yield* measuresOfAll(looks, CHAIN)
  const endpoints = looks.flatMap(({ labels, endpoints }) =>
    endpoints.map((one) => ({ ...one, labels: { ...labels, endpoint: one.name } })),
  )
  yield* measuresOfAll(some('endpoints', endpoints), ENDPOINT)
  yield* measuresOfAll(openAlerts(deps.alerts), [
    [
      'alerts_open',
      'Open alerts. Not told: what was past saving when it was first seen.',
      (one) => one.count,
    ],
  ])
  const { webhooks, lanes, everQueued } = deps.delivery.status()
  const named = <T extends { name: string }>(one: T) => ({ ...one, nowMs, labels: { lane: one.name } })
  yield* measuresOfAll(lanes.map(named), LANE)
  yield* measuresOfAll(webhooks.map(named), WEBHOOK)
  yield* measuresOfAll(some('wallets', deps.wallets.measured()), WALLET)
  const { drips = [], paused = [] } = deps.faucet?.measured() ?? {}
  yield* measuresOfAll(drips, [
    ['faucet_drips', 'Requests that were let through, ever, by what became of them.', (one) => one.count],
  ])
  yield* measuresOfAll(paused, [['faucet_paused', 'Whether it is paused.', (one) => one.paused]])
  yield* measuresOfAll([{ ...deps, ...deps.database(), everQueued, labels: {} }], BOT)
  const { clients, known } = deps.store.measured(deps.directory.all(), MOST.clients, nowMs)
  yield* measuresOfAll(some('clients', clients.map(withLabels), known), CLIENT)
  const beyond = Object.entries(leftOut).map(([what, count]) => ({ labels: { what }, count }))
  yield* measuresOfAll(beyond, [
    ['left_out', 'How many there are beyond those that are shown.', (one) => one.count],
  ])
}

const withLabels = (one: MeasuredClient) => ({
  ...one,
  labels: { chain_id: one.chainId, client_id: one.clientId, tracked_chain_id: one.trackedChainId ?? '' },
})

type Look = ChainStatus & { labels: { chain_id: string }; name: string; dueMs: number | null }

const CLIENT: readonly Row<ReturnType<typeof withLabels>>[] = [
  ['client_status', 'The verdict on a client that alerts are about, always 1: its status by its host chain, how bad that is by the clock, whose it is.', () => 1, ({ status, severity, attention }) => ({ status, severity, attention })],
  ['client_expiry_timestamp_seconds', 'When the client expires unless it is updated.', (one) => one.expiresS],
  ['client_last_update_timestamp_seconds', 'Time of the consensus state at its latest height.', (one) => one.lastUpdateS],
  ['client_trusting_period_seconds', 'Its trusting period.', (one) => one.trustingS],
  ['client_read_timestamp_seconds', 'When it was last read.', (one) => one.readS],
  ['client_readable', 'Whether it could be read at the last try.', (one) => one.isReadable],
] // biome-ignore format: a table reads better in rows

const CHAIN: readonly Row<Look>[] = [
  ['chain_info', 'What it is called, always 1.', () => 1, ({ name }) => ({ name })],
  ['chain_readable', 'Whether its newest block can be read.', (one) => one.state !== 'blind'],
  ['chain_clients_readable', 'Whether its clients can be read, too.', (one) => one.state !== 'blind' && one.state !== 'unread'],
  ['chain_halted', 'Whether it makes no blocks, as far as can be seen.', (one) => one.state === 'halted'],
  ['chain_block_height', 'Its newest block that was believed.', ({ block }) => block && Number(block.height)],
  ['chain_block_timestamp_seconds', 'The header time of that block.', ({ block }) => block && seconds(nsToMs(block.timeNs))],
  ['chain_read_timestamp_seconds', 'When that block was read.', ({ block }) => seconds(block?.readMs)],
  ['sweep_duration_seconds', 'What the last sweep took that ended.', ({ sweep }) => sweep && seconds(sweep.finishedMs! - sweep.startedMs)],
  ['sweep_end_timestamp_seconds', 'When it ended.', ({ sweep }) => seconds(sweep?.finishedMs)],
  ['sweep_due_timestamp_seconds', 'When a sweep is due that has not ended.', (one) => seconds(one.dueMs)],
  ['sweep_success', 'Whether it came to its end without an error.', ({ sweep }) => sweep && sweep.error === null],
  ['sweep_clients', 'The clients that it found.', ({ sweep }) => sweep?.clients],
  ['sweep_clients_unreadable', 'Those of them that could not be read.', ({ sweep }) => sweep?.unreadable],
  ['sweep_requests', 'The requests that it made.', ({ sweep }) => sweep?.requests],
] // biome-ignore format: a table reads better in rows

const ENDPOINT: readonly Row<ChainStatus['endpoints'][number] & { labels: Labels }>[] = [
  ['endpoint_state', 'How an endpoint is believed, always 1.', () => 1, ({ state }) => ({ state })],
  ['endpoint_pace_requests_per_second', 'The pace that was found for it.', (one) => one.requestsPerSecond],
  ['endpoint_latency_seconds', 'The round trip of its last health check.', (one) => seconds(one.latencyMs)],
  ['endpoint_requests_total', 'Requests to it since the start.', (one) => one.requests],
  ['endpoint_errors_total', 'Those of them that came to nothing.', (one) => one.errors],
] // biome-ignore format: a table reads better in rows

type Lane = DeliveryStatus['lanes'][number] & { labels: Labels; nowMs: number }

const LANE: readonly Row<Lane>[] = [
  ['outbox_rows', 'Messages that wait; edits of old ones do not count.', (one) => one.posts],
  ['outbox_oldest_age_seconds', 'For how long the oldest of them waits; 0: none does.', (one) => seconds(Math.max(0, one.nowMs - (one.oldestPostMs ?? one.nowMs)))],
] // biome-ignore format: a table reads better in rows

const WEBHOOK: readonly Row<DeliveryStatus['webhooks'][number] & { labels: Labels }>[] = [
  ['webhook_gone', 'Whether Discord says that the webhook does not exist any more.', (one) => one.goneSinceMs !== null],
  ['webhook_ok_timestamp_seconds', 'When it last accepted something.', (one) => seconds(one.lastOkMs)],
] // biome-ignore format: a table reads better in rows

const WALLET: readonly Row<ReturnType<Wallets['measured']>[number]>[] = [
  ['wallet_balance', 'What can be spent, in units of the token.', (one) => one.balance],
  ['wallet_threshold', 'The highest threshold that is set for it.', (one) => one.threshold],
  ['wallet_readable', 'Whether it could be read at the last check.', (one) => one.isReadable],
  ['wallet_read_timestamp_seconds', 'When it was last read.', (one) => seconds(one.readMs)],
] // biome-ignore format: a table reads better in rows

const BOT: readonly Row<MeasuresDeps & ReturnType<MeasuresDeps['database']> & { labels: Labels; everQueued: number }>[] = [
  ['build_info', 'Always 1.', () => 1, ({ version }) => ({ version, node_version: process.versions.node })],
  ['alerts_total', 'Alerts that were ever raised.', ({ alerts }) => alerts.lastId()],
  ['notices_total', 'Messages and edits that were ever put into the outbox.', (one) => one.everQueued],
  ['discord_connected', "Whether the bot's own connection stands.", (one) => one.isConnected()],
  ['database_writable', 'Whether the database can be written, as far as is known.', (one) => one.isWritable],
  ['database_bytes', 'The size of its file.', (one) => one.bytes],
  ['ping_timestamp_seconds', "When the last dead-man's ping went out.", (one) => seconds(one.pingedMs())],
] // biome-ignore format: a table reads better in rows

/** The counts of open alerts, 0 where none of a level is. */
function openAlerts(alerts: MeasuresDeps['alerts']) {
  const levels = Object.keys(RANK).filter((level) => !['ok', 'unreadable', 'unread'].includes(level))
  const none = levels.map((level) => ({ level, told: 1, acknowledged: 0, count: 0 }))
  return [...none, ...alerts.openCounts()].map(({ level, told, acknowledged, count }) => {
    return { labels: { level, told: String(told === 1), acknowledged: String(acknowledged === 1) }, count }
  })
}
