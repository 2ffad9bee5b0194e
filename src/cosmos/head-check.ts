// Asks every endpoint for its latest block, and keeps what is known of the chain's newest one.
import type { Clock } from '../kernel/clock.ts'
import { deferred } from '../kernel/deferred.ts'
import type { Logger } from '../kernel/logger.ts'
import { msToNs } from '../kernel/nanotime.ts'
import { untilAborted } from '../net/aborts.ts'
import { type Endpoint, isBelieved, refuse } from './endpoint.ts'
import {
  BLOCKS_BEHIND,
  type Block,
  type Candidate,
  canBeOneChain,
  FRESH_NS,
  type Judgement,
  judge,
  type PoolJudgement,
  type Probe,
} from './endpoint-health.ts'
import type { ExchangeDeps } from './exchange.ts'
import { createOldBlocks, type RememberedBlock } from './old-block.ts'
import type { Head, ReadOptions } from './types.ts'

/** The late ones are waited for this long after the first believable answer, or three times as long as it took. */
const GRACE_MS = 1000

interface Deps {
  chainId: string
  endpoints: readonly Endpoint[]
  deps: ExchangeDeps
  clock: Clock
  random: () => number
  logger: Logger
  known: RememberedBlock | null
}

/** `pinned`: it was asked for. */
interface HeightOfAnswer {
  height: bigint | null
  pinned: boolean
}

/** The health checks of one pool. */
export function createHeadCheck({ chainId, endpoints, clock, random, logger, known, ...more }: Deps) {
  /** Somebody waits for the check that is under way. */
  let urgent = false
  const deps = { ...more.deps, isPatient: () => !urgent }
  const { wire } = deps
  let best = known
  const old = createOldBlocks({ chainId, endpoints, deps, clock, known, best: () => best })
  const { probe } = old
  let bestAt = { clockMs: clock.now(), wireMs: wire.now() }
  const goOnFrom = (block: Block) => {
    best = block
    bestAt = { clockMs: clock.now(), wireMs: wire.now() }
  }
  let head: Omit<Head, 'restartedFrom'> | null = null
  let restartedFrom: bigint | null = null
  let running: Promise<void> | null = null
  const rechecking = new Set<Endpoint>()
  /** Somebody contradicts what is believed: the next check waits for everybody. */
  let doubted = false

  async function run(): Promise<void> {
    const results = new Map<Endpoint, Probe>()
    let over = false
    const waitsForAll = doubted
    doubted = false
    const firstBelievable = deferred<number>()
    const done = new AbortController()
    const everybody = Promise.all(
      endpoints.map(async (endpoint) => {
        const result = await probe(endpoint)
        endpoint.probe = result
        if (over) return settle(endpoint)
        results.set(endpoint, result)
        if ('block' in result && !waitsForAll && isEnough(result.block, [...results.values()]))
          firstBelievable.resolve(result.latencyMs)
      }),
    ).then(() => done.abort())
    const grace = firstBelievable.promise.then((latencyMs) =>
      wire.sleep(Math.max(GRACE_MS, 3 * latencyMs), done.signal),
    )
    await Promise.race([everybody, grace])

    let outcome = judgeAll((endpoint) => results.get(endpoint) ?? { failed: 'no answer yet' })
    if (results.size < endpoints.length && (!outcome.head || outcome.head.halted)) {
      // Nobody to go on with yet, or a chain said to be halted: that takes everybody's word.
      await everybody
      outcome = judgeAll((endpoint) => results.get(endpoint)!)
    }
    if (await old.lookAgain(outcome)) outcome = judgeAll((endpoint) => endpoint.probe!)
    over = true
    apply(outcome, { judged: endpoints, isWholeCheck: true })
  }

  const isEnough = (block: Block, probes: readonly Probe[]) =>
    block.chainId === chainId && isBelievable(block, probes, { best, isAlone: endpoints.length === 1 })

  function judgeAll(probeOf: (endpoint: Endpoint) => Probe): PoolJudgement {
    const candidates = endpoints.map(
      (one): Candidate => ({ url: one.transport.name, probe: probeOf(one), said: one.said }),
    )
    return judge(chainId, candidates, best, msToNs(clock.now()))
  }

  /** Takes in the result of one endpoint that came after the others were judged. */
  function settle(endpoint: Endpoint): void {
    const outcome = judgeAll((one) => one.probe ?? { failed: 'no answer yet' })
    const contradicted = endpoints.filter(
      (one) => one !== endpoint && isBelieved(one) && stateIn(outcome, one) === 'disagrees',
    )
    doubted ||= outcome.restartedFrom !== null || contradicted.length > 0
    if (outcome.restartedFrom === null)
      apply(outcome, { judged: [endpoint, ...contradicted], isWholeCheck: false })
  }

  const stateIn = (outcome: PoolJudgement, endpoint: Endpoint) =>
    outcome.judgements.get(endpoint.transport.name)!.state

  /** A whole check says what the head is; one late answer only moves it up. */
  function apply(
    outcome: PoolJudgement,
    { judged, isWholeCheck }: { judged: readonly Endpoint[]; isWholeCheck: boolean },
  ): void {
    const by = { chainId, logger, random, nowMs: wire.now() }
    for (const one of judged) noteJudgement(one, outcome.judgements.get(one.transport.name)!, by)
    const newest = outcome.head
    if (outcome.restartedFrom !== null && newest) {
      logger.warn(
        { chainId, from: String(outcome.restartedFrom), to: String(newest.block.height) },
        'chain started again',
      )
      restartedFrom = outcome.restartedFrom
      goOnFrom(newest.block)
      old.forget()
      for (const endpoint of endpoints) endpoint.said = null
    }
    for (const endpoint of judged) {
      if (isBelieved(endpoint) && endpoint.probe && 'block' in endpoint.probe) {
        const { block } = endpoint.probe
        if (!endpoint.said || block.height > endpoint.said.height) endpoint.said = block
      }
    }
    if (isWholeCheck || (newest && (!head || newest.block.height > head.height))) {
      head = newest && headOf(newest, old.stands(newest.url))
    }
    if (newest && (!best || newest.block.height > best.height)) goOnFrom(newest.block)
    deps.turnstile.changed()
  }

  return {
    /** Asks every endpoint once and judges each anew. Calls at the same time share one check, in the haste of any; `signal` ends the wait, not the check. */
    check({ patient = false, signal }: ReadOptions): Promise<void> {
      urgent ||= !patient
      running ??= run().finally(() => {
        running = null
        urgent = false
      })
      deps.turnstile.pump()
      return untilAborted(running, signal)
    },
    /** Looks at one endpoint again, in the background. */
    recheck(endpoint: Endpoint): void {
      if (running || rechecking.has(endpoint)) return
      rechecking.add(endpoint)
      probe(endpoint)
        .then((result) => {
          endpoint.probe = result
          settle(endpoint)
        })
        .finally(() => rechecking.delete(endpoint))
    },
    /** The newest block of the last check; a new start of the chain is told with it once. */
    takeHead(): Head | null {
      if (!head) return null
      const taken = { ...head, restartedFrom }
      restartedFrom = null
      return taken
    },
    /** Why an answer of this height does not go on from the best block believed; null where it does. */
    doubtOf({ height, pinned }: HeightOfAnswer): Pick<Judgement, 'state' | 'reason'> | null {
      if (height !== null && !pinned) old.hear(height)
      if (height === null || best === null) return null
      if (height < best.height - BLOCKS_BEHIND)
        return { state: 'behind', reason: `${best.height - height} blocks behind` }
      // Whichever clock has gone on further; one that was set back hides no more than `FRESH_NS` makes up for.
      const passedMs = Math.max(0, clock.now() - bestAt.clockMs, wire.now() - bestAt.wireMs)
      const timeNs = best.timeNs + msToNs(passedMs) + FRESH_NS
      if (canBeOneChain({ height, timeNs }, best)) return null
      return {
        state: 'disagrees',
        reason: `answers from block ${height}, which cannot be one chain with block ${best.height} of others`,
      }
    },
  }
}

const headOf = ({ block, url, halted, patienceNs }: NonNullable<PoolJudgement['head']>, stands: boolean) => ({
  height: block.height,
  timeNs: block.timeNs,
  endpoint: url,
  halted,
  stands: halted && stands,
  patienceNs,
})

/**
 * Enough to wait no longer than the grace: it goes on from what is known, or a second one bears it out. A chain that
 * started again, or leaps, is not: that takes everybody's word.
 */
function isBelievable(
  block: Block,
  probes: readonly Probe[],
  { best, isAlone }: { best: Block | null; isAlone: boolean },
): boolean {
  if (best) return block.height >= best.height - BLOCKS_BEHIND && canBeOneChain(block, best)
  if (isAlone) return true
  const alike = probes.filter(
    (one) => 'block' in one && one.block.chainId === block.chainId && canBeOneChain(one.block, block),
  )
  return alike.length > 1
}

/** Writes a judgement into its endpoint, and into the log where it is news. */
function noteJudgement(
  endpoint: Endpoint,
  { state, reason }: Judgement,
  { chainId, logger, random, nowMs }: Pick<Deps, 'chainId' | 'logger' | 'random'> & { nowMs: number },
): void {
  if (state !== endpoint.state) {
    const log = { chainId, endpoint: endpoint.transport.name, state, reason, before: endpoint.state }
    if (state === 'fresh') logger.info(log, 'endpoint is fresh')
    else logger.warn(log, `endpoint is ${state}`)
  }
  if (state !== 'fresh' && state !== 'halted') {
    refuse(endpoint, state, reason, nowMs, random)
    return
  }
  endpoint.state = state
  endpoint.reason = reason
  endpoint.failures = 0
  endpoint.refusals = 0
}
