// Holds what was said against what was true: what is due has an interval in which it must come, all else must be permitted (pure).

import { acked } from './judge-acks.ts'
import { HALTED_AFTER_MS, judgeChain } from './judge-chain.ts'
import { advice, doubled, permitted } from './judge-claims.ts'
import { judgeDigests } from './judge-digest.ts'
import { confirmed } from './judge-memory.ts'
import { judgeNight } from './judge-night.ts'
import { judgeStandby } from './judge-standby.ts'
import { firstLook, markedTruly, relapsed, stale, stands } from './judge-stands.ts'
import { bypassed, called, marked, reminded } from './judge-told.ts'
import { worded } from './judge-words.ts'
import { type DueLevel, type Judgement, type Night, type Policy, time, type WorldEvent } from './log.ts'
import type { Claim, Said } from './said.ts'
import { afterPauses, SLACK_MS, type Span, spansOf, touches } from './spans.ts'
import { type Piece, RANK, type TrueClient, type Truth } from './truth.ts'
import { found, isAlarm, newsBy, pastSaving, rankOf, readWithinMs, tellBy, type View } from './view.ts'

/** Judges a transcript by the world that it is about, up to `endMs`. */
export function judge(
  truth: Truth,
  said: Said,
  policy: Policy,
  endMs: number,
  events: readonly WorldEvent[] = [],
  night?: Night,
  second?: Said,
): Judgement {
  const judgement: Judgement = { findings: [], due: [] }
  for (const client of truth.clients) {
    const about = `${client.chainId}/${client.clientId}`
    const claims = said.claims.filter(
      (one) => one.chainId === client.chainId && one.clientId === client.clientId,
    )
    const chain = truth.chains.get(client.chainId)!
    const view: View = { truth, policy, endMs, chain, client, about, claims, said, judgement }
    for (const level of ['warning', 'critical', 'expired', 'frozen'] as const) dueAt(view, level)
    endings(view)
    reminded(view)
    acked(view)
    marked(view)
    stands(view)
    confirmed(view)
    markedTruly(view)
    for (const claim of claims) {
      permitted(view, claim)
      worded(view, claim)
      firstLook(view, claim)
      stale(view, claim)
      advice(view, claim)
      called(view, claim)
      bypassed(view, claim)
    }
    doubled(view)
  }
  for (const chain of truth.chains.values()) judgeChain(chain, truth, said, policy, endMs, judgement)
  storageTold(truth, said, policy, endMs, judgement)
  calledForNothing(truth, said, policy, judgement)
  judgeDigests(truth, said, policy, judgement)
  if (night) judgeNight(truth, { night, told: said.claims }, policy, endMs, judgement, dueAt)
  if (second) judgeStandby({ truth, first: said, second, policy, endMs, judgement, events, dueAt })
  for (const { atMs, line } of said.unread) {
    judgement.findings.push({ kind: 'not understood', about: '', atMs, text: line })
  }
  for (const event of events) {
    if (event.kind !== 'died') continue
    judgement.findings.push({ kind: 'died', about: '', atMs: event.atMs, text: event.text })
  }
  return judgement
}

/** The longest spans in which a client was at least as bad as `rank`, each with its pieces. */
function runs({ pieces }: TrueClient, rank: number): Piece[][] {
  const all: Piece[][] = []
  let open: Piece[] | null = null
  for (const piece of pieces) {
    if (RANK[piece.level] < rank) open = null
    else if (open) open.push(piece)
    else {
      open = [piece]
      all.push(open)
    }
  }
  return all
}

/** When alerts were about a client. */
const aboutSpans = ({ uses }: TrueClient): Span[] =>
  spansOf(uses.map(({ fromMs, use }) => ({ atMs: fromMs, on: use !== 'idle' })))

type Rise = Extract<DueLevel, 'warning' | 'critical' | 'expired' | 'frozen'>

/** Whoever is in danger is told of, in time; also where alerts are about it only later. */
function dueAt(view: View, level: Rise): void {
  const { client, truth, chain, policy } = view
  for (const run of runs(client, RANK[level])) {
    for (const used of aboutSpans(client)) {
      const fromMs = Math.max(run[0]!.fromMs, used.fromMs)
      const toMs = Math.min(run.at(-1)!.toMs, used.toMs)
      if (toMs <= fromMs) continue
      // The first look is quiet about the past, and what was lost then is no news later.
      if (run[0] === client.pieces[0] && pastSaving(run[0]!)) continue
      if (wasTold(view, level, fromMs) || relapsed(view, run)) continue
      const pauses = [...truth.mute, ...chain.dark]
      const byMs =
        fromMs === run[0]!.fromMs
          ? dueBy(view, run[0]!, used.fromMs)
          : newsBy(view, fromMs, policy.sweepEveryMs + SLACK_MS, pauses)
      toldBetween(view, level, { fromMs, toMs }, byMs)
    }
  }
}

/** What is past saving, and was told so before nobody used it for a while, is no news when it is used again. */
function wasTold({ client, claims }: View, level: Rise, atMs: number): boolean {
  const lost = runs(client, RANK.expired).find((run) => run[0]!.fromMs <= atMs && atMs < run.at(-1)!.toMs)
  if (!lost) return false
  return claims.some(
    (one) =>
      (one.level === 'expired' || one.level === 'frozen') &&
      !one.memory &&
      rankOf(one) >= RANK[level] &&
      one.atMs >= lost[0]!.fromMs &&
      one.atMs < atMs,
  )
}

function toldBetween(view: View, level: Rise, { fromMs, toMs }: Span, byMs: number): void {
  const { client, chain, claims, judgement, endMs } = view
  if (byMs >= Math.min(toMs, endMs)) return
  const rank = RANK[level]
  judgement.due.push({ chainId: client.chainId, clientId: client.clientId, level, fromMs, byMs })
  const enough = (claim: Claim) =>
    rankOf(claim) >= rank || (claim.memory && rank <= RANK.expired && isAlarm(claim))
  const told = claims.find((claim) => enough(claim) && claim.atMs >= fromMs && claim.atMs <= toMs + SLACK_MS)
  if (told && told.atMs <= byMs) return
  const dark = touches(chain.dark, fromMs, byMs) ? ', its chain dark' : ''
  const when = `${level} from ${time(fromMs)}, due by ${time(byMs)}${dark}, over ${time(toMs)}`
  const what = told ? `${time(told.atMs)}: ${told.line}` : 'never'
  found(view, told ? 'late' : 'missed', fromMs, `${when}; told ${what}`)
}

/**
 * Until when a rise must have been told: what the clock brings at once, what only a reading shows with the next sweep.
 * `usedMs`: since when alerts are about it, which only a reading shows, too.
 */
function dueBy(view: View, { fromMs, level, lastUpdateMs }: Piece, usedMs: number): number {
  const { chain, client, truth, policy } = view
  // A chain is halted when it has made no block for a while: before that nobody knows that it is.
  const halt = level === 'overdue' ? chain.halted.find((span) => touches([span], fromMs, fromMs)) : undefined
  const riseMs = Math.max(fromMs, (halt?.fromMs ?? fromMs) + (halt ? HALTED_AFTER_MS : 0))
  const byClock = level === 'warning' || level === 'critical' || level === 'overdue' || level === 'expired'
  const afterHalt = level === 'expired' && chain.halted.some(({ toMs }) => toMs === fromMs)
  const readableMs = Math.max(client.pieces[0]!.fromMs, lastUpdateMs, usedMs)
  const unread = [...truth.off, ...chain.dark, ...chain.old]
  const seenMs = afterPauses(readableMs, policy.sweepEveryMs + SLACK_MS, unread)
  const dark = chain.dark.find((span) => span.fromMs <= fromMs && fromMs < span.toMs)
  // While the chain is dark its clock goes on, for what was read before.
  const known = byClock && !afterHalt && (dark === undefined || seenMs < dark.fromMs)
  const deadlineMs = lastUpdateMs + client.trustingPeriodMs
  if (known && seenMs < fromMs)
    return newsBy(view, riseMs, SLACK_MS + 2 * chain.blockMs, truth.mute, deadlineMs)
  return newsBy(
    view,
    riseMs,
    level === 'frozen' ? readWithinMs(view, riseMs) : policy.sweepEveryMs + SLACK_MS,
    [...truth.mute, ...chain.dark, ...chain.old],
    deadlineMs,
  )
}

/** When it is over, that is said too. */
function endings(view: View): void {
  const { client, claims, chain, truth, endMs, judgement } = view
  for (const [i, piece] of client.pieces.entries()) {
    const before = client.pieces[i - 1]
    if (piece.level !== 'ok' || !before || before.level === 'ok') continue
    const last = claims.findLast(({ atMs }) => atMs < piece.fromMs)
    if (!last || !isAlarm(last)) continue
    const pauses = [...truth.mute, ...chain.dark, ...chain.old]
    const byMs = newsBy(view, piece.fromMs, readWithinMs(view, piece.fromMs), pauses)
    if (byMs >= Math.min(endMs, piece.toMs)) continue
    const { chainId, clientId } = client
    judgement.due.push({ chainId, clientId, level: 'over', fromMs: piece.fromMs, byMs })
    const ended = (claim: Claim) => claim.level === 'over' || claim.level === 'withdrawn'
    if (claims.some((one) => ended(one) && one.atMs >= piece.fromMs && one.atMs <= byMs)) continue
    const text = `well from ${time(piece.fromMs)}, due by ${time(byMs)}; last told: ${last.line}`
    found(view, 'not ended', piece.fromMs, text)
  }
}

/** Nobody is called by a message in which nothing is wrong. */
function calledForNothing(truth: Truth, said: Said, policy: Policy, judgement: Judgement): void {
  const wrong = new Set([
    ...said.claims.filter((claim) => isAlarm(claim)).map(({ messageId }) => messageId),
    ...said.ofChains.filter(({ what }) => what !== 'over').map(({ messageId }) => messageId),
  ])
  for (const { atMs, messageId, tags, text } of said.calls) {
    // A storm that is refused is sent as its first line alone.
    if (
      wrong.has(messageId) ||
      touches(truth.poisoned, atMs, atMs) ||
      /^⚠️|^🔴 (?:still )?FAUCET /u.test(text)
    )
      continue
    if (policy.mention.some((tag) => tags.includes(tag)))
      judgement.findings.push({ kind: 'mention', about: '', atMs, text: `called for nothing: ${text}` })
  }
}

/** A disk that cannot be written is said, by the next sweep that has something to write. */
function storageTold(truth: Truth, said: Said, policy: Policy, endMs: number, judgement: Judgement): void {
  for (const span of truth.unwritten) {
    const byMs = afterTwoSweeps(truth, span, policy)
    if (byMs >= Math.min(span.toMs, endMs)) continue
    judgement.due.push({ chainId: null, clientId: null, level: 'storage', fromMs: span.fromMs, byMs })
    const about = ({ atMs, line }: Said['ofItself'][number]) =>
      atMs >= span.fromMs && atMs <= byMs && /database|disk|written|storage/i.test(line)
    if (said.ofItself.some(about)) continue
    const text = `the database could not be written from ${time(span.fromMs)}; nothing was said by ${time(byMs)}`
    judgement.findings.push({ kind: 'missed', about: '', atMs: span.fromMs, text })
  }
}

const afterTwoSweeps = (truth: Truth, { fromMs }: Span, { sweepEveryMs }: Policy) =>
  tellBy(truth, fromMs, 2 * sweepEveryMs + SLACK_MS, truth.mute)
