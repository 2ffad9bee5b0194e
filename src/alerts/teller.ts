// One step of an alert's life with its state kept, and one transaction for what changed and what is told of it.
import type { Database } from '../storage/database.ts'
import { step } from './life.ts'
import { commitNotices, type Destination } from './outbox/commit.ts'
import type { AlertStore } from './store.ts'
import type { AlertState, LifePolicy, Message, Notice, Observation } from './types.ts'

export interface TellerDeps {
  database: Database
  alerts: AlertStore
  route: (message: Message) => Destination[]
  /** Called after a commit that put something into the outbox. */
  committed: () => void
}

export interface Teller {
  /** Runs `work` and puts what it tells into the outbox, all in one transaction. No `await` inside of it. */
  commit(nowMs: number, work: (tell: (message: Message) => void) => void): void
  /** Takes the alert about `identity` one step on from `state` and keeps where it stands. To be used in a commit. */
  advance(
    identity: string,
    state: AlertState | null,
    seen: Observation,
    policy: LifePolicy,
    nowMs: number,
  ): Notice[]
}

export function createTeller({ database, alerts, route, committed }: TellerDeps): Teller {
  return {
    commit(nowMs, work) {
      const messages: Message[] = []
      database.tx(() => {
        work((message) => messages.push(message))
        commitNotices(database, messages, route, nowMs)
      })
      if (messages.length > 0) committed()
    },
    advance(identity, state, seen, policy, nowMs) {
      const { after, notices } = step(state, seen, policy, nowMs, () => alerts.allocateId())
      if (after !== state) alerts.saveState(identity, after, nowMs)
      return notices
    },
  }
}
