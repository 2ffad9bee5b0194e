// Says that the log cannot be written, where the log itself cannot: in `$status`, and once by the bot's own account.
import type { Clock } from '../kernel/clock.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/duration.ts'
import type { SinkStatus } from '../kernel/line-sink.ts'
import type { Logger } from '../kernel/logger.ts'

export interface LogWatch {
  start(): void
  stop(): void
  /** What is wrong with the log, for people; null: nothing, as far as is known. */
  problem(): string | null
}

/** A log that waits for less is only slow. */
const LASTING_MS = 5 * MINUTE_MS

/** `say` tells it in the channel of the alerts; false: not possible now, and tried again every minute. */
export function createLogWatch(deps: {
  status: () => SinkStatus
  clock: Clock
  logger: Logger
  say: (text: string) => Promise<boolean>
}): LogWatch {
  const { status, clock, logger, say } = deps
  let saidMs = Number.NEGATIVE_INFINITY
  let noted = 0
  let cancel = () => {}

  const lasts = () => {
    const { stuck } = status()
    return stuck !== null && Math.abs(clock.now() - stuck.sinceMs) >= LASTING_MS
  }

  function problem(): string | null {
    const { dropped, stuck } = status()
    const lost =
      dropped === 0 ? '' : ` ${dropped} of its lines ${dropped === 1 ? 'is' : 'are'} lost since the start.`
    if (stuck === null || !lasts()) return lost && `The log could not be written for a while:${lost}`
    return `My log cannot be written since <t:${Math.floor(stuck.sinceMs / 1000)}:R>: ${stuck.reason}.${lost}`
  }

  async function look(): Promise<void> {
    cancel = clock.at(clock.now() + MINUTE_MS, () => void look())
    const { dropped, stuck } = status()
    if (stuck === null && dropped > noted) {
      logger.warn({ dropped: dropped - noted }, 'lines of this log were lost while it could not be written')
      noted = dropped
    }
    if (!lasts() || Math.abs(clock.now() - saidMs) < DAY_MS) return
    const before = saidMs
    saidMs = clock.now()
    const said = await say(
      `⚠️ ${problem()} The watch and its alarms go on. Make room on the disk, or restart me with a log that somebody reads.`,
    ).catch(() => false)
    if (!said) saidMs = before
  }

  return {
    start: () => void look(),
    stop: () => cancel(),
    problem: () => problem() || null,
  }
}
