// When the demo's clock has to stop on its way: whenever the bot has something to tell because time passes.
import { nextReminderMs } from '../../src/alerts/life.ts'
import type { App } from '../../src/app.ts'
import { readClientIdentity } from '../../src/clients/identity.ts'
import type { Settings } from '../../src/config/index.ts'
import { MINUTE_MS } from '../../src/kernel/duration.ts'
import { nsToMs } from '../../src/kernel/nanotime.ts'

/** How often the bot looks for what is due. */
const TICK_MS = 15_000
/** By then the bot has told of a deadline that has passed. */
const TOLD_BY_MS = MINUTE_MS

/**
 * How long the clock may be moved from `nowMs` until a client's severity changes by itself or somebody is reminded of
 * one, in milliseconds; past a deadline the bot's own tick, until a block had the time to tell. Infinite without any.
 */
export function turnInMs(
  app: Pick<App, 'alerts'> & { clients: Pick<App['clients'], 'store'> },
  settings: Settings,
  nowMs: number,
): number {
  const { store } = app.clients
  const turns = store.clients().flatMap(({ nextDueMs, expiresNs }) => {
    const expiresMs = expiresNs === null ? Number.POSITIVE_INFINITY : nsToMs(expiresNs)
    if (nowMs >= expiresMs && nowMs - expiresMs < TOLD_BY_MS) return [TICK_MS]
    if (nextDueMs === null) return []
    // A deadline is told of when a block says that it has passed, not at the moment itself.
    return [nextDueMs <= nowMs ? TICK_MS : nextDueMs - nowMs + (nextDueMs >= expiresMs ? TICK_MS : 0)]
  })
  const reminders = app.alerts.openAlerts().flatMap(({ identity, state }) => {
    const of = readClientIdentity(identity)
    const chain = settings.chains.find(({ chainId }) => chainId === of?.chainId)
    if (of?.kind !== 'client' || !chain) return []
    const expiresNs = store.client(of.chainId, of.clientId)?.expiresNs ?? null
    const atMs = nextReminderMs(state, expiresNs === null ? null : nsToMs(expiresNs), chain.alerts)
    return atMs !== null && atMs > nowMs ? [atMs - nowMs] : []
  })
  return Math.min(Number.POSITIVE_INFINITY, ...turns, ...reminders)
}
