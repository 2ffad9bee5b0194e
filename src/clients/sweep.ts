// One sweep of one host chain: survey, then read every client, the endangered first, and hand over what was seen.

import type { Thresholds } from '../alerts/settings.ts'
import type { ChainSettings } from '../chains/settings.ts'
import { isMalformed } from '../cosmos/client-state.ts'
import type { Head } from '../cosmos/types.ts'
import { msToNs } from '../kernel/nanotime.ts'
import { dangerAgeNs } from './assess.ts'
import { type Knowledge, rememberUses } from './knowledge.ts'
import { type OrderItem, readingOrder } from './order.ts'
import { askCounterpartyV2, type ReadContext, readSubject } from './read.ts'
import { type Survey, type SurveyDeps, survey } from './survey.ts'
import { isAbout, isReading, type Seen, type Subject } from './types.ts'

export interface SweepDeps extends SurveyDeps {
  /** The block that the clients are judged by, read just before. */
  head: Head
  nowMs: () => number
  /** The survey is done: far ends are known, `total` clients will be read. Awaited. */
  onSurvey?: (survey: Survey) => unknown
  /**
   * What was seen since the last call: first everything that may be in danger, then the rest in portions. Awaited
   * before the next portion, so that what is written is never behind by more than one.
   */
  onSeen: (seen: Seen[], head: Head) => Promise<void> | void
}

export type SweepResult = Awaited<ReturnType<typeof sweepChain>>

/** A portion is handed over when it has this many clients or is this old. */
const PORTION = 1000
const PORTION_MS = 10_000

/**
 * Sweeps one chain.
 * @throws {UpstreamError} when the chain's clients cannot be read at all
 */
export async function sweepChain(deps: SweepDeps) {
  const { pool, chain, knowledge, nowMs, signal } = deps
  const askedMs = nowMs()
  const found = await survey(deps)
  rememberUses(knowledge, found.usesRead, askedMs)
  await deps.onSurvey?.(found)
  const context: ReadContext = {
    pool,
    head: deps.head,
    allowedClients: found.allowedClients,
    knowledge,
    nowMs,
  }
  const handOver = portions(deps, deps.head)
  const subjects = new Map(found.subjects.map((subject) => [subject.clientId, subject]))
  const toRead = found.subjects.filter((subject) => needsRequest(subject, knowledge))
  const order = readingOrder(
    toRead.map((subject) => orderItem(subject, chain)),
    knownPoints(found.subjects, knowledge),
    msToNs(nowMs()),
  )
  const { inFlight, requestsPerSecond } = chain.limits
  // What is chosen waits its turn at the endpoint: no more than a second's worth, so that the choice stays fresh.
  const workers = Math.min(
    toRead.length,
    Math.ceil(Math.min(inFlight, requestsPerSecond)) * chain.rest.length,
  )
  let unreadable = 0
  const keep = (subject: Subject, reading: Seen['reading']) => {
    const { state, ...use } = subject
    if (!isReading(reading) || reading.chainSays === 'unknown') unreadable++
    handOver.add({ ...use, clientType: state.clientType, reading })
  }
  // What needs no request (cached times, frozen flags) goes first: it can be in danger too.
  const asked = new Set(toRead)
  for (const subject of found.subjects) {
    if (!asked.has(subject)) keep(subject, await readSubject(subject, context))
  }
  /** What can still be saved is handed over first, then what is over, then the rest. */
  const milestones = [order.savableLeft, order.urgentLeft]
  const pass = () => {
    while (milestones.length > 0 && !milestones[0]!()) {
      milestones.shift()
      handOver.now()
    }
  }
  pass()
  const isAlive = await readInOrder(order, workers, context, signal, subjects, (subject, reading) => {
    keep(subject, reading)
    pass()
  })
  handOver.now()
  if (isAlive) await askForCounterparties(found.subjects, context, deps, handOver)
  await handOver.end()
  signal?.throwIfAborted()
  const { subjects: all, gaps, whole, cut } = found
  // Stopped: it answered no longer, and the rest of its clients was not asked for.
  return { clients: all.length, unreadable, gaps, whole, cut, stopped: !isAlive }
}

/** So many failures one after the other are the chain's: each of its workers has had two, and some luck. */
const enoughToGiveUp = (workers: number) => 2 * workers + 8

/** Reads the subjects in their order; false where the chain has stopped answering, and the rest was not asked for. */
async function readInOrder(
  order: ReturnType<typeof readingOrder>,
  workers: number,
  context: ReadContext,
  signal: AbortSignal | undefined,
  subjects: ReadonlyMap<string, Subject>,
  keep: (subject: Subject, reading: Seen['reading']) => void,
): Promise<boolean> {
  let failuresInARow = 0
  let dead: string | null = null
  await inParallel(workers, signal, order.next, async (id) => {
    const subject = subjects.get(id)!
    // A chain that has stopped answering is not asked for each of its thousands of clients.
    const reading = dead === null ? await readSubject(subject, context, { signal }) : { cause: dead }
    failuresInARow = isReading(reading) || reading.unproven ? 0 : failuresInARow + 1
    if (!isReading(reading) && failuresInARow > enoughToGiveUp(workers)) dead ??= reading.cause
    order.learned(
      id,
      isReading(reading) && typeof reading.consensus === 'object' ? reading.consensus.ns : null,
    )
    // That the caller gave up says nothing about the client.
    if (!signal?.aborted || isReading(reading)) keep(subject, reading)
  })
  return dead === null
}

/** Runs `work` on what `next` gives, at most `width` at a time, until it gives null. */
async function inParallel<T>(
  width: number,
  signal: AbortSignal | undefined,
  next: () => T | null,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for (let item = next(); item !== null && !signal?.aborted; item = next()) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

/** Collects what was seen and hands it over in portions, one after the other. */
function portions(deps: SweepDeps, head: Head) {
  let portion: Seen[] = []
  let handedMs = deps.nowMs()
  let handing = Promise.resolve()
  const now = () => {
    const ready = portion
    portion = []
    handedMs = deps.nowMs()
    if (ready.length === 0) return
    handing = handing.then(() => deps.onSeen(ready, head))
    // Reported by end(); until then it must not count as unhandled.
    handing.catch(() => {})
  }
  return {
    now,
    add(seen: Seen) {
      portion.push(seen)
      if (portion.length >= PORTION || deps.nowMs() - handedMs >= PORTION_MS) now()
    },
    async end() {
      now()
      await handing
    },
  }
}

/** Clients without channels may serve IBC v2, which has none to see: asked last, and seldom. Live ones need no asking. */
async function askForCounterparties(
  subjects: readonly Subject[],
  context: ReadContext,
  deps: SweepDeps,
  handOver: ReturnType<typeof portions>,
): Promise<void> {
  // The localhost client is in lists of versions without IBC v2 only.
  const idle = subjects.filter(
    ({ attention, openChannels, ignored, state }) =>
      attention !== 'live' &&
      openChannels.length === 0 &&
      !ignored &&
      !isMalformed(state) &&
      state.clientType !== '09-localhost',
  )
  let at = 0
  const next = () => idle[at++] ?? null
  await inParallel(deps.chain.limits.inFlight, deps.signal, next, async (subject) => {
    if ((await askCounterpartyV2(subject.clientId, context, { signal: deps.signal })) !== true) return
    // What is somebody's stays so; that it has no channels is understood now.
    if (subject.attention === 'mine') return
    const { state, ...use } = subject
    const reading = await readSubject(subject, context, { signal: deps.signal })
    if (deps.signal?.aborted && !isReading(reading)) return
    handOver.add({ ...use, attention: 'live', clientType: state.clientType, reading })
  })
}

function needsRequest({ state }: Subject, knowledge: Knowledge): boolean {
  if (isMalformed(state) || state.rule === 'flag') return false
  if (state.rule === 'ask') return true
  return state.latestHeight !== null && knowledge.consensusTime(state.clientId, state.latestHeight) === null
}

function orderItem(subject: Subject, chain: ChainSettings): OrderItem {
  const { state, attention, ignored } = subject
  const about = !ignored && isAbout(attention, chain.alerts.about)
  if (isMalformed(state) || state.latestHeight === null || state.trustingPeriodNs === null) {
    // Nothing to reckon with: in danger until read.
    return {
      id: subject.clientId,
      group: `?${subject.clientId}`,
      height: 0n,
      dangerAgeNs: 0n,
      periodNs: 0n,
      about,
    }
  }
  return {
    id: subject.clientId,
    group: groupOf(state.trackedChainId, state.latestHeight.revision),
    height: state.latestHeight.height,
    dangerAgeNs: dangerAgeNs(state.trustingPeriodNs, chain.alerts satisfies Thresholds),
    periodNs: state.trustingPeriodNs,
    about,
  }
}

function knownPoints(subjects: readonly Subject[], knowledge: Knowledge) {
  const tracked = new Map(
    subjects.map(({ clientId, state }) => [clientId, isMalformed(state) ? null : state.trackedChainId]),
  )
  return [...knowledge.times()].map(({ clientId, height, timeNs }) => ({
    group: groupOf(tracked.get(clientId) ?? null, height.revision),
    height: height.height,
    timeNs,
  }))
}

const groupOf = (trackedChainId: string | null, revision: bigint) => `${trackedChainId ?? ''}/${revision}`
