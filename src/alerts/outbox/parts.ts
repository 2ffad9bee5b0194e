// What the parts of the delivery share.
import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Database } from '../../storage/database.ts'
import type { AlertStore } from '../store.ts'
import type { Send } from './send.ts'
import type { createWebhookStore, Outbox, OutboxRow } from './store.ts'
import type { WebhookWatch } from './webhook.ts'

/** What a second watcher knows of the first one. */
export interface FirstWatcher {
  /** Whether it has told by now what a row tells. */
  isTold: (row: OutboxRow) => Promise<boolean>
  /** For so long it may pause after what was not taken, ms. */
  turnMs: number
}

export interface DeliveryParts {
  database: Database
  outbox: Outbox
  alerts: AlertStore
  known: ReturnType<typeof createWebhookStore>
  watch: WebhookWatch
  clock: Clock
  logger: Logger
  send: Send
  standby: FirstWatcher | null
  /** Calls `run` after `ms`; returns what cancels it. */
  later: (ms: number, run: () => void) => () => void
  /** Aborted: nothing is begun any more, nothing is waited for, and nothing can be noted. */
  signal: AbortSignal
  stopped: () => boolean
}
