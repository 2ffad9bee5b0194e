// Everything that is measured of the watch, for Prometheus: docs/metrics.md lists it, and says how many of each there may be.
import type { DeliveryStatus } from '../alerts/outbox/status.ts'
import type { AlertStore } from '../alerts/store.ts'
import type { Directory } from '../chains/directory.ts'
import type { ChainStatus } from '../clients/chain-status.ts'
import type { ClientStore } from '../clients/store.ts'
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

type Values = Measure['values']
type Row = readonly [name: string, help: string, values: Values]

const gauge = ([name, help, values]: Row): Measure => ({ name, help, type: 'gauge', values })
const gauges = (rows: readonly Row[]): Measure[] => rows.map(gauge)
const counter = ([name, help, values]: Row): Measure => ({ name, help, type: 'counter', values })
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
  const looks = chains.map(({ chainId, name }) => ({
    labels: { chain_id: chainId },
    name: name ?? chainId,
    status: deps.chainStatus(chainId),
  }))
  const endpoints = looks.flatMap(({ labels, status }) => status.endpoints.map((one) => ({ labels, ...one })))
  yield* chainMeasures(looks)
  yield* endpointMeasures(some('endpoints', endpoints))
  yield* alertMeasures(deps, nowMs)
  yield* walletMeasures(some('wallets', deps.wallets.measured()))
  if (deps.faucet) yield* faucetMeasures(deps.faucet)
  yield* ownMeasures(deps)
  const found = chains.flatMap((chain) => {
    const clients = deps.store.measured(chain, MOST.clients)
    return clients.map((client) => ({ chainId: chain.chainId, ...client }))
  })
  const known = new Map(found.map((client) => [client.chainId, client.known]))
  const inOrder = found.sort(
    (a, b) =>
      Number(a.severity === 'ok') - Number(b.severity === 'ok') ||
      (a.expiresS ?? Number.MAX_VALUE) - (b.expiresS ?? Number.MAX_VALUE),
  )
  const sum = [...known.values()].reduce((all, count) => all + count, 0)
  yield* clientMeasures(some('clients', inOrder, sum))
  const beyond = Object.entries(leftOut).map(([what, count]) => [{ what }, count] as const)
  yield gauge(['left_out', 'How many there are beyond those that are shown.', beyond])
}

function* clientMeasures(
  clients: readonly (ReturnType<ClientStore['measured']>[number] & { chainId: string })[],
): Generator<Measure> {
  const labelled = clients.map((client) => {
    const { chainId: chain_id, clientId: client_id, trackedChainId } = client
    return { client, labels: { chain_id, client_id, tracked_chain_id: trackedChainId ?? '' } }
  })
  const of = (value: (client: (typeof clients)[number]) => number | null): Values =>
    labelled.map(({ labels, client }) => [labels, value(client)])
  const verdicts = labelled.map(({ labels, client: { status, severity, attention } }) => {
    return [{ ...labels, status, severity, attention }, 1] as const
  })
  const verdict =
    'The verdict on a client that alerts are about, always 1: its status by its host chain, how bad that is by the clock, whose it is.'
  yield gauge(['client_status', verdict, verdicts])
  const expiry = 'When the client expires unless it is updated.'
  yield gauge(['client_expiry_timestamp_seconds', expiry, of((one) => one.expiresS)])
  const update = 'Time of the consensus state at its latest height.'
  yield gauge(['client_last_update_timestamp_seconds', update, of((one) => one.lastUpdateS)])
  yield gauge(['client_trusting_period_seconds', 'Its trusting period.', of((one) => one.trustingS)])
  yield gauge(['client_read_timestamp_seconds', 'When it was last read.', of((one) => one.readS)])
  const readable = 'Whether it could be read at the last try.'
  yield gauge(['client_readable', readable, of((one) => one.isReadable)])
}

interface Look {
  labels: { chain_id: string }
  name: string
  status: ChainStatus
}

function chainMeasures(looks: readonly Look[]): Measure[] {
  const of = (value: (status: ChainStatus) => number | null | undefined): Values =>
    looks.map(({ labels, status }) => [labels, value(status) ?? null])
  const state = (bad: readonly ChainStatus['state'][]) => of((one) => Number(!bad.includes(one.state)))
  const swept = ({ sweep }: ChainStatus) => (sweep?.finishedMs ? { ...sweep, endMs: sweep.finishedMs } : null)
  return gauges([
    ['chain_info', 'What it is called, always 1.', looks.map(({ labels, name }) => [{ ...labels, name }, 1])],
    ['chain_readable', 'Whether its newest block can be read.', state(['blind'])],
    ['chain_clients_readable', 'Whether its clients can be read, too.', state(['blind', 'unread'])],
    [
      'chain_halted',
      'Whether it makes no blocks, as far as can be seen.',
      of((one) => Number(one.state === 'halted')),
    ],
    [
      'chain_block_height',
      'Its newest block that was believed.',
      of(({ block }) => block && Number(block.height)),
    ],
    [
      'chain_block_timestamp_seconds',
      'The header time of that block.',
      of(({ block }) => block && seconds(nsToMs(block.timeNs))),
    ],
    ['chain_read_timestamp_seconds', 'When that block was read.', of(({ block }) => seconds(block?.readMs))],
    [
      'sweep_duration_seconds',
      'What the last sweep took that ended.',
      of((one) => seconds(swept(one) && swept(one)!.endMs - swept(one)!.startedMs)),
    ],
    ['sweep_end_timestamp_seconds', 'When it ended.', of((one) => seconds(swept(one)?.endMs))],
    [
      'sweep_success',
      'Whether it came to its end without an error.',
      of((one) => swept(one) && Number(swept(one)!.error === null)),
    ],
    ['sweep_clients', 'The clients that it found.', of((one) => swept(one)?.clients)],
    [
      'sweep_clients_unreadable',
      'Those of them that could not be read.',
      of((one) => swept(one)?.unreadable),
    ],
    ['sweep_requests', 'The requests that it made.', of((one) => swept(one)?.requests)],
  ])
}

function endpointMeasures(
  endpoints: readonly (ChainStatus['endpoints'][number] & Pick<Look, 'labels'>)[],
): Measure[] {
  const of = (value: (one: (typeof endpoints)[number]) => number | null | undefined): Values =>
    endpoints.map((one) => [{ ...one.labels, endpoint: one.name }, value(one) ?? null])
  const states = endpoints.map(
    ({ labels, name, state }) => [{ ...labels, endpoint: name, state }, 1] as const,
  )
  return [
    ...gauges([
      ['endpoint_state', 'How an endpoint is believed, always 1.', states],
      [
        'endpoint_pace_requests_per_second',
        'The pace that was found for it.',
        of((one) => one.requestsPerSecond),
      ],
      [
        'endpoint_latency_seconds',
        'The round trip of its last health check.',
        of((one) => seconds(one.latencyMs)),
      ],
    ]),
    counter(['endpoint_requests_total', 'Requests to it since the start.', of((one) => one.requests)]),
    counter(['endpoint_errors_total', 'Those of them that came to nothing.', of((one) => one.errors)]),
  ]
}

function alertMeasures({ alerts, delivery }: MeasuresDeps, nowMs: number): Measure[] {
  const open = new Map<string, readonly [Record<string, string>, number]>()
  const yes = (flag: number) => String(flag === 1)
  const levels = Object.keys(RANK).filter((level) => !['ok', 'unreadable', 'unread'].includes(level))
  for (const { level, told, acknowledged, count } of [
    ...levels.map((level) => ({ level, told: 1, acknowledged: 0, count: 0 })),
    ...alerts.openCounts(),
  ])
    open.set(`${level} ${told} ${acknowledged}`, [
      { level, told: yes(told), acknowledged: yes(acknowledged) },
      count,
    ])
  const status = delivery.status()
  const lanes = status.webhooks.map(({ name, ...one }) => ({ labels: { lane: name }, ...one }))
  return [
    ...gauges([
      [
        'alerts_open',
        'Open alerts. Not told: what was past saving when it was first seen.',
        [...open.values()],
      ],
      ['outbox_rows', 'Messages and edits that wait.', lanes.map(({ labels, waiting }) => [labels, waiting])],
      [
        'outbox_oldest_age_seconds',
        'For how long the oldest of them waits; 0: none does.',
        lanes.map(({ labels, oldestMs }) => [
          labels,
          oldestMs === null ? 0 : Math.max(0, nowMs - oldestMs) / 1000,
        ]),
      ],
      [
        'webhook_gone',
        'Whether Discord says that the webhook does not exist any more.',
        lanes.map(({ labels, goneSinceMs }) => [labels, Number(goneSinceMs !== null)]),
      ],
      [
        'webhook_ok_timestamp_seconds',
        'When it last accepted something.',
        lanes.map(({ labels, lastOkMs }) => [labels, seconds(lastOkMs)]),
      ],
    ]),
    counter(['alerts_total', 'Alerts that were ever raised.', [[{}, alerts.lastId()]]]),
    counter([
      'notices_total',
      'Messages and edits that were ever put into the outbox.',
      [[{}, status.everQueued]],
    ]),
  ]
}

function walletMeasures(wallets: readonly ReturnType<Wallets['measured']>[number][]): Measure[] {
  const of = (value: (one: (typeof wallets)[number]) => number | null): Values =>
    wallets.map((one) => [one.labels, value(one)])
  return gauges([
    ['wallet_balance', 'What can be spent, in units of the token.', of((one) => one.balance)],
    ['wallet_threshold', 'The highest threshold that is set for it.', of((one) => one.threshold)],
    ['wallet_readable', 'Whether it could be read at the last check.', of((one) => Number(one.isReadable))],
    ['wallet_read_timestamp_seconds', 'When it was last read.', of((one) => seconds(one.readMs))],
  ])
}

function faucetMeasures(faucet: Pick<Faucets, 'measured'>): Measure[] {
  const { drips, paused } = faucet.measured()
  return [
    ...gauges([
      [
        'faucet_paused',
        'Whether it is paused.',
        paused.map(({ chain, paused }) => [{ chain }, Number(paused)]),
      ],
      [
        'faucet_drips',
        'Requests that were let through, ever, by what became of them.',
        drips.map(({ chain, status, count }) => [{ chain, status }, count]),
      ],
    ]),
  ]
}

function ownMeasures(deps: MeasuresDeps): Measure[] {
  const { bytes, isWritable } = deps.database()
  const build = { version: deps.version, node_version: process.versions.node }
  return gauges([
    ['build_info', 'Always 1.', [[build, 1]]],
    ['discord_connected', "Whether the bot's own connection stands.", [[{}, Number(deps.isConnected())]]],
    [
      'database_writable',
      'Whether the database can be written, as far as is known.',
      [[{}, Number(isWritable)]],
    ],
    ['database_bytes', 'The size of its file.', [[{}, bytes]]],
    ['ping_timestamp_seconds', "When the last dead-man's ping went out.", [[{}, seconds(deps.pingedMs())]]],
  ])
}
