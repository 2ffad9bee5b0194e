// "I have it": the act behind the command, kept with the alert and shown in its messages.
import type { Database } from '../storage/database.ts'
import { acknowledge, giveBack, type Holder } from './life.ts'
import { commitHolder } from './outbox/commit.ts'
import { createWebhookStore } from './outbox/store.ts'
import { DEFAULT_WEBHOOK } from './settings.ts'
import type { AlertStore, Known } from './store.ts'
import type { AlertState } from './types.ts'

/** An alert that is not (any more) to be acted on: `quiet`: it was past saving when it was first seen. */
export type NotOpen = 'unknown' | 'over' | 'quiet'

/** What came of an act: the alert as it is now, and who had it before. */
export type Acted = Known & { before: AlertState['ack'] }

export type Acts = ReturnType<typeof createActs>

/** `committed`: something was put into the outbox. */
export function createActs(deps: { database: Database; alerts: AlertStore; committed: () => void }) {
  const { database, alerts, committed } = deps
  const find = (alertId: number): Known | NotOpen => {
    const known = alerts.open(alertId)
    return typeof known !== 'string' && known.state.toldLevel === null ? 'quiet' : known
  }
  const change = (alertId: number, nowMs: number, to: (state: AlertState) => AlertState | null) => {
    const acted = database.tx((): Acted | NotOpen => {
      const known = find(alertId)
      if (typeof known === 'string') return known
      const { identity } = known
      const state = to(known.state)
      if (state) {
        alerts.saveState(identity, state, nowMs)
        commitHolder(deps, alertId, nowMs)
      }
      return { identity, state: state ?? known.state, before: known.state.ack }
    })
    committed()
    return acted
  }
  return {
    /** Somebody has it from now, `nowMs` (Unix ms), whoever had it before. */
    acknowledge: (alertId: number, by: Holder, nowMs: number) =>
      change(alertId, nowMs, (state) => acknowledge(state, by, nowMs)),
    /** Nobody has it any more. */
    giveBack: (alertId: number, nowMs: number) => change(alertId, nowMs, (state) => giveBack(state, nowMs)),
    /** The channels in which an alert that is open stands, or will; those that are known. */
    channelsOf(alertId: number): string[] | NotOpen {
      const found = find(alertId)
      if (typeof found === 'string') return found
      const known = createWebhookStore(database)
      const webhooks = alerts.webhooksOf(alertId)
      const names = webhooks.length > 0 ? webhooks : [DEFAULT_WEBHOOK]
      return [...new Set(names.flatMap((name) => known.get(name).channelId ?? []))]
    },
  }
}
