// The pages for machines and the dead-man's ping, made of everything that the bot knows of itself.
import type { Delivery } from '../alerts/outbox/deliver.ts'
import type { AlertRouting } from '../alerts/settings.ts'
import type { AlertStore } from '../alerts/store.ts'
import { chainIdentity, NETWORK_IDENTITY, unwatchedIdentity } from '../chains/identity.ts'
import type { ChainSettings, Unwatched } from '../chains/settings.ts'
import type { Clients } from '../clients/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Secrets } from '../kernel/secrets.ts'
import type { Liveness } from '../ops/liveness.ts'
import { createMetrics } from '../ops/metrics.ts'
import { createPing } from '../ops/ping.ts'
import { createMachineServer, type MachinePage } from '../ops/server.ts'
import type { OpsSettings } from '../ops/settings.ts'
import { chainHold, type Hold, holdsOf, type Usefulness, type WatchedChain } from '../ops/useful.ts'
import type { Database } from '../storage/database.ts'
import { databaseSize } from '../storage/inspect.ts'
import { VERSION } from '../version.ts'
import { cronTimes } from '../watch/cron.ts'
import { label } from '../words/text.ts'
import { type MeasuresDeps, measuresOf } from './measures.ts'

export interface MachinesDeps extends Pick<MeasuresDeps, 'directory' | 'wallets' | 'faucet'> {
  settings: { ops: OpsSettings; alerts: Pick<AlertRouting, 'blindAfterMs'>; schedule: { clients: string } }
  secrets: Secrets
  alerts: AlertStore
  clients: Pick<Clients, 'chainStatus' | 'store'>
  delivery: Pick<Delivery, 'status' | 'silent'>
  discord: { status(): { state: string }; mayWriteIn(channelId: string): boolean | null | undefined }
  liveness: Pick<Liveness, 'problem'>
  database: Pick<Database, 'trouble'>
  dataDirectory: string
  startedMs: number
  clock: Clock
  wireClock?: Clock
  logger: Logger
}

export type RunningMachines = ReturnType<typeof startMachines>

export function startMachines(deps: MachinesDeps) {
  const { settings, secrets, clock } = deps
  const { listen, token, ping: wanted } = settings.ops
  const known = createKnown(deps)
  const ping =
    wanted &&
    createPing({
      ...deps,
      url: secrets[wanted.secret]!,
      name: wanted.secret,
      everyMs: wanted.every,
      async holds() {
        const mayWrite = (id: string) => isConnected(deps) && deps.discord.mayWriteIn(id) !== false
        const silentWays = await deps.delivery.silent(mayWrite)
        return holdsOf({ ...known.useful(), silentWays }, clock.now())
      },
    })
  const server =
    listen &&
    createMachineServer({
      ...deps,
      listen,
      token: token === null ? null : secrets[token]!,
      pages: pagesOf(deps, known, () => ping?.sentMs() ?? null),
    })
  server?.start()
  ping?.start()
  return {
    problems: (): string[] => [server?.problem() ?? [], ping?.problems() ?? []].flat(),
    stop: async (): Promise<void> => void (await Promise.all([server?.stop(), ping?.stop()])),
  }
}

/** Whether the bot's own connection to Discord stands. */
const isConnected = ({ discord }: MachinesDeps) =>
  ['ready', 'no-content-intent'].includes(discord.status().state)

const UNWATCHED = { state: 'blind', readMs: null, sweep: null, isFarEnd: false } as const

/** What is known of the bot's own state at this moment. */
function createKnown(deps: MachinesDeps) {
  const { settings, directory, alerts, clock, startedMs } = deps
  const times = cronTimes(settings.schedule.clients, 'UTC')
  const isTold = (identity: string) => (alerts.loadState(identity)?.toldLevel ?? null) !== null

  const lookOf = ({ chainId, connections }: ChainSettings): WatchedChain => {
    const { state, sinceMs, block, sweep } = deps.clients.chainStatus(chainId)
    const told = [
      NETWORK_IDENTITY,
      ...(['blind', 'unread'] as const).map((one) => chainIdentity(one, chainId)),
    ]
    return {
      name: directory.label(chainId),
      state,
      sinceMs,
      isTold: (state === 'blind' || state === 'unread') && told.some(isTold),
      readMs: block?.readMs ?? null,
      sweep,
      isFarEnd: connections === 'none',
    }
  }

  const notWatched = ({ chainId, sinceMs }: Unwatched): WatchedChain => ({
    ...UNWATCHED,
    name: label(chainId, 64),
    sinceMs: sinceMs ?? null,
    isTold: isTold(unwatchedIdentity(chainId)),
  })

  return {
    nextSweepMs: times.next,
    useful(): Usefulness {
      // A far end that the registry gave is nobody's wish: a line in the digest tells of it.
      const chains = directory.all().filter(({ origin }) => origin !== 'registry')
      const posts = deps.delivery.status().lanes.flatMap(({ oldestPostMs }) => oldestPostMs ?? [])
      return {
        startedMs,
        chains: [...chains.map(lookOf), ...directory.unwatched().map(notWatched)],
        blindAfterMs: settings.alerts.blindAfterMs,
        nextSweepMs: times.next,
        oldestMs: posts.length > 0 ? Math.min(...posts) : null,
        database: deps.database.trouble()?.text ?? null,
        life: deps.liveness.problem(clock.now()),
        silentWays: [],
      }
    },
  }
}

function pagesOf(deps: MachinesDeps, known: ReturnType<typeof createKnown>, pingedMs: () => number | null) {
  const { clock } = deps
  const metrics = createMetrics(() => {
    const { bytes } = databaseSize(deps.dataDirectory)
    const database = () => ({ bytes, isWritable: deps.database.trouble() === null })
    const { nextSweepMs } = known
    const own = { version: VERSION, database, pingedMs, nextSweepMs, isConnected: () => isConnected(deps) }
    return measuresOf({ ...deps, ...deps.clients, ...own }, clock.now())
  }, clock)
  const page = (holds: readonly Hold[]): MachinePage =>
    holds.length === 0
      ? { status: 200, text: 'ok\n' }
      : { status: 503, text: holds.map(({ text }) => `${text}\n`).join('') }
  const healthHolds = () => holdsOf({ ...known.useful(), chains: [], oldestMs: null }, clock.now())
  return {
    '/metrics': async () => ({ status: 200, text: await metrics.text(), type: metrics.type }),
    /** Timers fire, jobs come round, and the database can be written. */
    '/healthz': () => page(healthHolds()),
    /** Each chain was swept or is told as blind, too. Without Discord it is ready: alerts wait, and none is lost. */
    '/readyz': () => {
      const now = known.useful()
      const chains = now.chains.flatMap((chain) => chainHold(chain, now, clock.now()) ?? [])
      return page([...healthHolds(), ...chains])
    },
  }
}
