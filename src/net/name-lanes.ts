// Resolves names so that those whose name servers are silent leave threads to all others.
import type { LookupAddress } from 'node:dns'
import { type Clock, systemClock } from '../kernel/clock.ts'

type Done = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void

/** Resolves a name to all of its addresses. */
export type Resolve = (host: string, done: Done) => void

/** Node resolves names in four threads, and a silent name server holds one for 10 s and more: one is left for Discord. */
const THREADS = 3
/** So many of them for names that were slow the last time. */
const SLOW_THREADS = 1
/** From so many milliseconds on a name is slow. */
const SLOW_MS = 1000

/** `resolve`, asked once at a time for each name, for those first that answered quickly the last time. */
export function inLanes(resolve: Resolve, clock: Clock = systemClock): Resolve {
  const asking = new Map<string, Done[]>()
  const waiting = new Set<string>()
  const running = new Set<string>()
  /** How each name was the last time. */
  const speeds = new Map<string, 'quick' | 'slow'>()
  const isSlow = (host: string) => speeds.get(host) === 'slow'

  function next(): void {
    if (running.size >= THREADS) return
    const some = [...waiting]
    const mayBeSlow = [...running].filter(isSlow).length < SLOW_THREADS
    const host =
      some.find((one) => speeds.get(one) === 'quick') ??
      some.find((one) => !speeds.has(one)) ??
      (mayBeSlow ? some[0] : undefined)
    if (host === undefined) return
    waiting.delete(host)
    running.add(host)
    const cancel = clock.at(clock.now() + SLOW_MS, () => speeds.set(host, 'slow'))
    const startedMs = clock.now()
    resolve(host, (error, addresses) => {
      cancel()
      speeds.set(host, clock.now() - startedMs < SLOW_MS ? 'quick' : 'slow')
      running.delete(host)
      const all = asking.get(host) ?? []
      asking.delete(host)
      next()
      for (const done of all) done(error, addresses)
    })
    next()
  }

  return (host, done) => {
    const others = asking.get(host)
    if (others) return void others.push(done)
    asking.set(host, [done])
    waiting.add(host)
    next()
  }
}
