// The bounded queue to one HTTP faucet: so many at once, so many waiting, and nobody for longer than is bearable.
import type { Clock } from '../kernel/clock.ts'

export interface QueueLimits {
  inFlight: number
  waiting: number
  maxWaitMs: number
}

/** `full`: no room to wait. `too-long`: waited in vain. `stopped`: the bot is ending. In all three nothing was run. */
export type QueueTurn = 'go' | 'full' | 'too-long' | 'stopped'

export type Queue = ReturnType<typeof createQueue>

/** Makes a queue; who came first goes first. */
export function createQueue(limits: QueueLimits, clock: Clock) {
  const waiting: { leave: (turn: QueueTurn) => void }[] = []
  let inFlight = 0
  let stopped = false

  const next = () => {
    if (inFlight >= limits.inFlight) return
    const first = waiting.shift()
    if (!first) return
    inFlight++
    first.leave('go')
  }

  return {
    /** Waits for a turn. After `go`, `done` must be called once. */
    turn(): Promise<QueueTurn> {
      if (stopped) return Promise.resolve('stopped')
      if (inFlight < limits.inFlight) {
        inFlight++
        return Promise.resolve('go')
      }
      if (waiting.length >= limits.waiting) return Promise.resolve('full')
      return new Promise<QueueTurn>((resolve) => {
        const entry = {
          leave(turn: QueueTurn) {
            cancel()
            resolve(turn)
          },
        }
        const cancel = clock.at(clock.now() + limits.maxWaitMs, () => {
          const at = waiting.indexOf(entry)
          if (at < 0) return
          waiting.splice(at, 1)
          resolve('too-long')
        })
        waiting.push(entry)
      })
    },
    done(): void {
      inFlight--
      next()
    },
    /** Sends away everybody who waits, and lets nobody in any more. */
    stop(): void {
      stopped = true
      for (const entry of waiting.splice(0)) entry.leave('stopped')
    },
    get inFlight() {
      return inFlight
    },
    get waiting() {
      return waiting.length
    },
  }
}
