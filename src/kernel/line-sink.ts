// Lines for a file descriptor that may be full, stuck or gone: writing never waits and never fails, losses are counted.
import { constants, fstatSync, openSync, write } from 'node:fs'
import { Socket } from 'node:net'
import { systemClock } from './clock.ts'

/** How an output is. */
export interface SinkStatus {
  /** Lines that were dropped since the start. */
  dropped: number
  /** Since when lines wait (Unix ms), and the reason in words; null: nothing waits. */
  stuck: { sinceMs: number; reason: string } | null
}

export type LineSink = ReturnType<typeof createLineSink>

/** So much may wait, in bytes: some thousand lines of a log. */
const BUFFER_BYTES = 1024 * 1024
/** Between two tries, in milliseconds. */
const RETRY_MS = 200

/** Makes the sink over `fd`, which must not block where it is no file. `now` is the time of its status, Unix ms. */
export function createLineSink(fd: number, now = systemClock.now) {
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let chunk = Buffer.alloc(0)
  let dropped = 0
  /** Since when there is something to write, and what stood against it. */
  let stuck: SinkStatus['stuck'] = null
  let writing = false
  let ended = false
  let wake = () => {}

  function pump(): void {
    stuck ??= { sinceMs: now(), reason: 'it does not answer' }
    if (chunk.length === 0) {
      chunk = Buffer.concat(waiting)
      waiting = []
    }
    writing = true
    // Not synchronously: a disk that hangs would hold the whole process.
    write(fd, chunk, 0, chunk.length, null, (error, written) => {
      writing = false
      if (ended) return wake()
      if (error) {
        stuck!.reason = reasonOf(error)
        systemClock.at(systemClock.now() + RETRY_MS, () => !ended && pump())
        return
      }
      chunk = chunk.subarray(written)
      waitingBytes -= written
      if (waitingBytes > 0) return pump()
      stuck = null
      wake()
    })
  }

  const wait = (ms: number) => {
    const done = new AbortController()
    wake = () => done.abort()
    return systemClock.sleep(ms, done.signal)
  }

  return {
    /** Takes whole lines, to be written as soon as that is possible; drops them where too many wait already. */
    write(lines: string): void {
      const bytes = Buffer.from(lines)
      if (ended || waitingBytes + bytes.length > BUFFER_BYTES) {
        dropped++
        return
      }
      waiting.push(bytes)
      waitingBytes += bytes.length
      if (stuck === null) pump()
    },
    status: (): SinkStatus => ({ dropped, stuck }),
    /** Resolves when everything is written, or `withinMs` milliseconds are over: from then on nothing is written. */
    async end(withinMs: number): Promise<void> {
      if (stuck !== null) await wait(withinMs)
      ended = true
      // At its exit Node makes the descriptor blocking again: a write that is under way then would hold it for ever.
      if (writing) await wait(withinMs)
    },
  }
}

/** A descriptor of stderr to which writing does not block where it is a pipe or a terminal; sockets: `unblockStderr`. */
export function openStderr(): number {
  const stderr = fstatSync(2)
  if (!stderr.isFIFO() && !stderr.isCharacterDevice()) return 2
  try {
    // Opened anew: what is set for the old one counts for all who share it, and is undone when a child is started.
    return openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return 2
  }
}

const kept: Socket[] = []

/** Makes stderr non-blocking where it could not be opened anew. To be called when no child is started any more. */
export function unblockStderr(): void {
  const stderr = fstatSync(2)
  // What Node does when it opens one. Kept, because the descriptor would be closed with it.
  if (stderr.isFIFO() || stderr.isSocket()) kept.push(new Socket({ fd: 2, readable: false, writable: true }))
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EAGAIN') return 'nobody reads it'
  if (code === 'EPIPE') return 'its reader is gone'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full'
  return message
}
