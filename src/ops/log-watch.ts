// Whether the log can be written: where it cannot, it cannot say so itself.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import type { LineSink } from '../kernel/line-sink.ts'
import type { Logger } from '../kernel/logger.ts'
import type { OwnPart } from './own-trouble.ts'

/** A log that waits for less is only slow. */
const LASTING_MS = 5 * MINUTE_MS

/** `problem`: for `$status`, null: nothing is wrong and nothing was lost. */
export function createLogWatch(
  log: Pick<LineSink, 'status'> | undefined,
  clock: Clock,
  logger: Logger,
): OwnPart & { problem(): string | null } {
  const status = () => log?.status() ?? { dropped: 0, stuck: null }
  let noted = 0
  const lost = () => {
    const { dropped } = status()
    return dropped === 0
      ? ''
      : ` ${dropped} of its lines ${dropped === 1 ? 'is' : 'are'} lost since the start.`
  }
  return {
    name: 'log',
    lastsMs: LASTING_MS,
    over: 'my log can be written again',
    trouble() {
      const { dropped, stuck } = status()
      if (stuck) {
        const text = `My log cannot be written since <t:${Math.floor(stuck.sinceMs / 1000)}:R>: ${stuck.reason}.${lost()} The watch and its alarms go on. Make room on the disk, or restart me with a log that somebody reads.`
        return { sinceMs: stuck.sinceMs, text }
      }
      if (dropped > noted) {
        logger.warn({ dropped: dropped - noted }, 'lines of this log were lost while it could not be written')
        noted = dropped
      }
      return null
    },
    problem() {
      const found = this.trouble()
      if (found && Math.abs(clock.now() - found.sinceMs) >= LASTING_MS) return found.text
      return lost() && `The log could not be written for a while:${lost()}`
    },
  }
}
