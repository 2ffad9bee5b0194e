// The bounded queue to one HTTP faucet: so many at once, so many waiting, and nobody for longer than is bearable.
import type { Clock } from '../kernel/clock.ts'
import type { FaucetSettings } from './schema.ts'

/** `full`: no room to wait. `too-long`: waited in vain. `stopped`: the bot is ending. In all three nothing was run. */
export type QueueTurn = 'go' | 'full' | 'too-long' | 'stopped'

export type Queue = ReturnType<typeof createQueue>

/** Makes a queue; who came first goes first. */
export function createQueue(limits: FaucetSettings['queue'], clock: Clock) {
  /** What sends each away who waits, the first who came first. */
  const waiting = new Set<(turn: QueueTurn) => void>()
  let inFlight = 0
  let stopped = false

  const next = () => {
    const [first] = waiting
    if (inFlight >= limits.inFlight || !first) return
    inFlight++
    first('go')
  }

  return {
    /** Waits for a turn. After `go`, `done` must be called once. */
    turn(): Promise<QueueTurn> {
      if (stopped) return Promise.resolve('stopped')
      if (inFlight < limits.inFlight) {
        inFlight++
        return Promise.resolve('go')
      }
      if (waiting.size >= limits.waiting) return Promise.resolve('full')
      return new Promise<QueueTurn>((resolve) => {
        const leave = (turn: QueueTurn) => {
          cancel()
          waiting.delete(leave)
          resolve(turn)
        }
        const cancel = clock.at(clock.now() + limits.maxWaitMs, () => leave('too-long'))
        waiting.add(leave)
      })
    },
    done(): void {
      inFlight--
      next()
    },
    /** Sends away everybody who waits, and lets nobody in any more. */
    stop(): void {
      stopped = true
      for (const leave of waiting) leave('stopped')
    },
    get inFlight() {
      return inFlight
    },
    get waiting() {
      return waiting.size
    },
  }
}
