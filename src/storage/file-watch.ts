// Whether a database's file is where it was opened, and how long writing to it takes.
import { statSync } from 'node:fs'
import type { Clock } from '../kernel/clock.ts'
import { formatDuration, MINUTE_MS } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'
import { codeOf } from './sqlite.ts'

/** What is wrong with the file and what goes on, for people, and since when (Unix ms). */
export interface StorageTrouble {
  sinceMs: number
  text: string
}

const SLOW_MS = 2000

export function createFileWatch(path: string, clock: Pick<Clock, 'now'>, logger: Logger | undefined) {
  const opened = inodes(path)
  let moved: StorageTrouble | null = null
  let slow: (StorageTrouble & { lastMs: number }) | null = null

  function slowed(tookMs: number): void {
    const text = `Writing to ${path} took ${formatDuration(tookMs)}, and held up all else: its disk is slow, or fails.`
    const nowMs = clock.now()
    const since = slow && nowMs - slow.lastMs < MINUTE_MS ? slow.sinceMs : nowMs
    if (since === nowMs) logger?.warn({ file: path, tookMs }, text)
    slow = { sinceMs: since, lastMs: nowMs, text }
  }

  return {
    /** Does `work`, and notes it where it takes long. */
    measured<T>(work: () => T): T {
      const startedMs = clock.now()
      try {
        return work()
      } finally {
        const tookMs = clock.now() - startedMs
        if (tookMs >= SLOW_MS) slowed(tookMs)
      }
    },
    /** It is not where it was opened. */
    moved(): StorageTrouble | null {
      const found = inodes(path)
      if (found === opened) moved = null
      else if (!moved) {
        const [unreached] = /\bE(?!NOENT)[A-Z]+/.exec(found) ?? []
        const text = unreached
          ? `${path} can no longer be reached (${unreached}). Mend that first, then restart me.`
          : `${path}, or the log beside it (-wal), was moved or removed while I use it. Put it back, or restart me.`
        moved = { sinceMs: clock.now(), text }
        logger?.error({ file: path }, moved.text)
      }
      return moved
    },
    /** Writing has held up all else, within the last minute. */
    slow: (): StorageTrouble | null => (slow && clock.now() - slow.lastMs < MINUTE_MS ? slow : null),
  }
}

/** Which files the database's and its log's names lead to; what it is called where nobody can look. */
const inodes = (path: string): string => [path, `${path}-wal`].map(inode).join()

function inode(path: string): string {
  if (path.startsWith(':memory:')) return ''
  try {
    return String(statSync(path).ino)
  } catch (error) {
    return codeOf(error)
  }
}
