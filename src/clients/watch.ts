// The watch over all chains: sweeps, the pulse in between, and every client read again when its threshold is due.
import { setMaxListeners } from 'node:events'
import { DAY_MS, MINUTE_MS } from '../kernel/duration.ts'
import { logBug } from '../storage/explain.ts'
import { createChainStates, type SweepNote } from './chain-state.ts'
import { createDueReader } from './due.ts'
import { createFarEnds } from './far-ends.ts'
import { createPulse } from './pulse.ts'
import { createSecondLook } from './second-look.ts'
import { sweepChains } from './sweep-all.ts'
import { createSweeper } from './sweeper.ts'
import { createTasks } from './tasks.ts'
import { createWanted } from './wanted.ts'
import type { ClientWatchDeps, WatchParts } from './watch-deps.ts'

/** How often the watch looks for what is due: half of the 30 s within which a due client is read again. */
const TICK_MS = 15_000
const PULSE_MS = MINUTE_MS

export function createClientWatch(deps: ClientWatchDeps) {
  const { directory, store, clock, logger } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  // Each request under way listens to it.
  setMaxListeners(0, signal)
  const states = createChainStates()
  const farEnds = createFarEnds()
  const parts: WatchParts = { ...deps, states, signal }
  const wanted = createWanted({ ...parts, farEnds })
  const { alone, running } = createTasks(logger, signal)
  const look = createSecondLook(parts)
  const sweep = createSweeper({ ...parts, farEnds, look, wanted })
  const pulse = createPulse({ ...parts, wanted, sweep })
  const readDue = createDueReader({ ...parts, look, alone })
  let pulsedMs = 0
  let prunedMs = 0
  let cancelTimer = () => {}

  const sweepEach = async (): Promise<void> => {
    await alone('recall far ends', async () => wanted.recall())
    await sweepChains(directory.all(), farEnds, sweep, clock)
    await alone('adopt far ends', async () => {
      const missing = signal.aborted ? [] : farEnds.missing((chainId) => directory.get(chainId) !== null)
      const adopted = await deps.adopt(missing)
      if (adopted.length > 0) await sweepChains(adopted, farEnds, sweep, clock)
      if (!signal.aborted && wanted.isAllNamed()) deps.settler.endOrphans(directory.isGone, clock.now())
    })
    if (clock.now() - prunedMs < DAY_MS) return
    prunedMs = clock.now()
    await alone('prune', async () => store.prune(clock.now()))
  }

  const sweepAll = () => sweepEach().catch((error) => logBug(logger, error, 'the sweeps failed', {}))

  const pulseAll = (): Promise<void>[] => {
    pulsedMs = clock.now()
    return directory.all().map((chain) => alone(`pulse ${chain.chainId}`, () => pulse(chain)))
  }

  /** Those of which it becomes known which chains they are, are swept at once. */
  const decide = () =>
    alone('decide which chains are named', async () => {
      const found = await deps.decide()
      farEnds.recall(found, store, () => true)
      await sweepChains(found, farEnds, sweep, clock)
    })

  const tick = async (): Promise<void> => {
    // Either way: a clock that was set back must not stop the looks.
    const pulses = Math.abs(clock.now() - pulsedMs) >= PULSE_MS ? [decide(), ...pulseAll()] : []
    let due: Promise<unknown>[] = []
    await alone('look for what is due', async () => {
      due = readDue()
    })
    await Promise.all([...pulses, ...due])
  }

  const idle = async (): Promise<void> => {
    const under = () => [...states.all().flatMap(({ sweep }) => sweep ?? []), ...running()]
    while (under().length > 0) await Promise.allSettled(under())
  }

  const arm = () => {
    if (signal.aborted) return
    cancelTimer = clock.at(clock.now() + TICK_MS, () => {
      arm()
      void tick().catch((error) => logBug(logger, error, 'a look of the watch failed', {}))
    })
  }

  return {
    /** Sweeps every chain, each by itself; resolves when all are done. A chain that is still being swept is left. */
    sweepAll,
    /** Looks at every chain's newest block, and reads again what is due. Called by the watch's own timer. */
    tick,
    start(): void {
      void decide()
      pulsedMs = clock.now()
      arm()
    },
    /** Resolves when nothing is under way: no sweep, no pulse, nothing that is due being read. */
    idle,
    /** Stops what is under way; what was read so far is written. */
    async stop(): Promise<void> {
      stopping.abort()
      cancelTimer()
      await idle()
    },
    lastSweep: (chainId: string): SweepNote | null => states.of(chainId).lastSweep,
  }
}
