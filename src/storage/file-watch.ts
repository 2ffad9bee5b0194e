// Whether a database's file is where it was opened, and how long writing to it takes.
import { statSync } from 'node:fs'
import type { Clock } from '../kernel/clock.ts'
import { formatDuration, MINUTE_MS } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'

/** What is wrong with the file and what goes on, for people, and since when (Unix ms). */
export interface StorageTrouble {
  sinceMs: number
  text: string
}

export interface FileWatch {
  /** Does `work`, and notes it where it takes long. */
  measured<T>(work: () => T): T
  /** It is not where it was opened. */
  moved(): StorageTrouble | null
  /** Writing has held up all else, within the last minute. */
  slow(): StorageTrouble | null
}

const SLOW_MS = 2000

/** Nothing is looked at without a clock. */
export function createFileWatch(
  path: string,
  clock: Clock | undefined,
  logger: Logger | undefined,
): FileWatch {
  if (!clock) return { measured: (work) => work(), moved: () => null, slow: () => null }
  const inode = () => (path === ':memory:' ? 0 : statSync(path, { throwIfNoEntry: false })?.ino)
  const opened = inode()
  let moved: StorageTrouble | null = null
  let slow: (StorageTrouble & { lastMs: number }) | null = null

  function slowed(tookMs: number): void {
    const text = `Writing to ${path} took ${formatDuration(tookMs)}, and held up all else: its disk is slow, or fails.`
    const nowMs = clock!.now()
    const since = slow && nowMs - slow.lastMs < MINUTE_MS ? slow.sinceMs : nowMs
    if (since === nowMs) logger?.warn({ file: path, tookMs }, text)
    slow = { sinceMs: since, lastMs: nowMs, text }
  }

  return {
    measured(work) {
      const startedMs = clock.now()
      try {
        return work()
      } finally {
        const tookMs = clock.now() - startedMs
        if (tookMs >= SLOW_MS) slowed(tookMs)
      }
    },
    moved() {
      if (inode() === opened) moved = null
      else if (!moved) {
        moved = {
          sinceMs: clock.now(),
          text: `${path} was moved or removed while I use it. Put it back, or restart me.`,
        }
        logger?.error({ file: path }, moved.text)
      }
      return moved
    },
    slow: () => (slow && clock.now() - slow.lastMs < MINUTE_MS ? slow : null),
  }
}
