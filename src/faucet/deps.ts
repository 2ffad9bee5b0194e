// What the faucet needs from outside, and the one object that its parts share.
import type { ReportDeps } from '../alerts/report.ts'
import type { Call, Reply } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Database } from '../storage/database.ts'
import type { Dms } from './dm.ts'
import type { Elsewhere } from './elsewhere.ts'
import type { Queue } from './queue.ts'
import type { FaucetSettings } from './schema.ts'
import type { Sender } from './senders/sender.ts'
import type { Store } from './store.ts'

export interface FaucetDeps {
  settings: readonly FaucetSettings[]
  /** Secrets by their environment name. */
  secrets: Readonly<Record<string, string>>
  database: Database
  clock: Clock
  logger: Logger
  /** Speaks without a call: after a restart, or when an answer can no longer be changed. */
  speak: {
    /**
     * A direct message; false when it can never be delivered.
     * @throws when it cannot be sent now
     */
    dm(userId: string, reply: Reply, signal: AbortSignal): Promise<boolean>
    /** A message in a channel that pings nobody; false when it could not be sent. */
    sayInChannel(channelId: string, text: string): Promise<boolean | null>
  }
  /** Left out: trouble stands in the log and the history only. */
  alerts?: ReportDeps
}

/** One faucet at work. */
export interface Faucet {
  settings: FaucetSettings
  sender: Sender
  queue: Queue
}

/** Made once, in index.ts. */
export interface FaucetParts extends Pick<FaucetDeps, 'clock' | 'logger' | 'speak'> {
  faucets: readonly Faucet[]
  store: Store
  dms: Dms
  elsewhere: Elsewhere
  /** Takes secrets out of a text. */
  cut: (text: string) => string
  /** Looks whether an alert is due; `seenDry`: whether the server itself says that it has nothing left. */
  watch: (faucet: Faucet, seenDry?: boolean) => void
}

/** What the commands are handed. */
export interface FaucetAtWork extends FaucetParts {
  /**
   * A request for `address` (canonical). The answer tells the outcome.
   * @throws {Refusal} with every reason
   */
  drip(faucet: Faucet, address: string, call: Call): Promise<Reply>
  /** Tells users what they do not know yet. */
  tell(): Promise<void>
  /** False before the start and while stopping. */
  isOpen(): boolean
}
