// The same for chains: one that cannot be read is told as BLIND, one that makes no blocks as HALTED, and no other (pure).
import { type Finding, type Judgement, type Policy, time } from './log.ts'
import type { ChainClaim, Said } from './said.ts'
import { beforePauses, SLACK_MS, type Span, touches } from './spans.ts'
import { RANK, type TrueChain, type TrueClient, type Truth, useAt } from './truth.ts'
import { BACK_MS, saidSince, tellBy } from './view.ts'

/** A chain is called halted when its newest block is so old. */
export const HALTED_AFTER_MS = 5 * 60_000
/** A deadline is near when less is left. */
const NEAR_MS = 24 * 3_600_000
/** What has lasted so long calls somebody whatever the deadlines are. */
const CALL_AFTER_MS = 6 * 3_600_000
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 }

/** One chain as it is judged. */
interface ChainView {
  chain: TrueChain
  truth: Truth
  policy: Policy
  endMs: number
  claims: ChainClaim[]
  /** What the second of two watchers claims of it. */
  others: ChainClaim[]
  judgement: Judgement
  found: (kind: Finding['kind'], atMs: number, text: string) => void
}

/** Adds to `judgement` what was due or false about one chain. */
export function judgeChain(
  chain: TrueChain,
  truth: Truth,
  said: Said,
  policy: Policy,
  endMs: number,
  judgement: Judgement,
): void {
  const { chainId } = chain
  const isOf = (one: ChainClaim) => one.chainId === chainId || (one.chainId === null && one.what === 'BLIND')
  const [claims, others] = [said.ofChains.filter(isOf), said.othersOfChains.filter(isOf)]
  const found: ChainView['found'] = (kind, atMs, text) =>
    judgement.findings.push({ kind, about: chainId, atMs, text })
  const view = { chain, truth, policy, endMs, claims, others, judgement, found }
  const lookMs = policy.sweepEveryMs + SLACK_MS
  // A node that is an hour behind is not, where the chain has made no block for longer.
  const still = [...truth.mute, ...chain.halted]
  for (const span of chain.black) due(view, 'blind', span, lookMs + policy.blindAfterMs, still, 'BLIND')
  const unseen = [...truth.mute, ...chain.dark]
  for (const span of chain.halted) due(view, 'halted', span, lookMs + HALTED_AFTER_MS, unseen, 'HALTED')
  const anew = chain.restartsMs.map((fromMs) => ({ fromMs, toMs: Infinity }))
  for (const [i, claim] of claims.entries()) {
    const so = {
      BLIND: chain.dark,
      UNSEEN: chain.troubled,
      HALTED: chain.halted,
      RESTARTED: anew,
      over: null,
    }[claim.what]
    if (so === null) continue
    if (!touches(so, saidSince(truth, claim.atMs), claim.atMs)) found('false', claim.atMs, claim.line)
    const last = claims.slice(0, i).findLast(({ what }) => what === claim.what || what === 'over')
    const isNamed = claim.chainId !== null && last?.chainId !== null
    if (
      claim.what !== 'UNSEEN' &&
      claim.what !== 'RESTARTED' &&
      !claim.again &&
      last?.what === claim.what &&
      isNamed
    )
      found('doubled', claim.atMs, `${claim.line} — told ${time(last.atMs)} already`)
    if (claim.what === 'UNSEEN' || claim.what === 'RESTARTED') continue
    if (!claim.again) ends(view, claim, so, claims.slice(i + 1))
    lasted(view, claim, so)
    called(view, claim, so)
  }
}

function due(
  { truth, endMs, judgement, chain: { chainId }, claims, found }: ChainView,
  level: 'blind' | 'halted',
  span: Span,
  afterMs: number,
  pauses: Span[],
  told: ChainClaim['what'],
): void {
  const byMs = tellBy(truth, span.fromMs, afterMs, pauses)
  if (byMs >= Math.min(span.toMs, endMs)) return
  judgement.due.push({ chainId, clientId: null, level, fromMs: span.fromMs, byMs })
  const claim = claims.find(
    ({ what, atMs }) => what === told && atMs >= span.fromMs && atMs <= span.toMs + SLACK_MS,
  )
  if (claim && claim.atMs <= byMs) return
  const when = `${level} from ${time(span.fromMs)} to ${time(span.toMs)}, due by ${time(byMs)}`
  found(claim ? 'late' : 'missed', span.fromMs, `${when}; told ${claim ? time(claim.atMs) : 'never'}`)
}

/** It is said when it is over. */
function ends(view: ChainView, claim: ChainClaim, so: Span[], later: ChainClaim[]): void {
  const { truth, chain, endMs, found } = view
  const { chainId: named, atMs, line } = claim
  const span = so.find((one) => touches([one], saidSince(truth, atMs), atMs))
  if (named === null || !span || span.toMs === Infinity) return
  // What is troubled again at once is one trouble.
  const pauses = [...truth.mute, ...chain.dark, ...chain.halted]
  const byMs = tellBy(truth, Math.max(span.toMs, atMs), BACK_MS, pauses)
  if (byMs >= endMs || later.some((one) => one.atMs <= byMs && one.what === 'over')) return
  found('not ended', span.toMs, `over at ${time(span.toMs)}, not said by ${time(byMs)}: ${line}`)
}

/** Not before it has lasted, and with the time that it has lasted. */
function lasted({ chain, policy, found }: ChainView, { atMs, line, again }: ChainClaim, so: Span[]): void {
  const span = merged(so, policy.blindAfterMs).findLast(({ fromMs }) => fromMs <= atMs)
  if (!span) return
  const mostMs = atMs - span.fromMs + SLACK_MS + chain.blockMs
  const [, number, unit] = /(?:BLIND|no block for) (\d+) (s|min|h)/.exec(line) ?? []
  const saidMs = unit ? Number(number) * UNIT_MS[unit]! : 0
  if (saidMs > mostMs || (!again && mostMs < policy.blindAfterMs))
    found('false', atMs, `${line} — it began at ${time(span.fromMs)}`)
}

/** Whoever has a client there whose end is near is called, and nobody else before it has lasted long. */
function called({ truth, policy, claims, others, found }: ChainView, claim: ChainClaim, so: Span[]): void {
  const { atMs, line, tags, chainId: named } = claim
  const span = so.find((one) => touches([one], saidSince(truth, atMs), atMs))
  if (!span || policy.mention.length === 0 || touches(truth.poisoned, atMs, atMs)) return
  const isOwed = (client: TrueClient, thenMs: number) => {
    const { names } = truth.chains.get(client.chainId)!
    const use = useAt(client, thenMs)
    return (named === null || client.chainId === named) && (names ? use === 'mine' : use !== 'idle')
  }
  const owed = truth.clients.filter((client) => isOwed(client, atMs))
  // What began when nobody could look is not known.
  const readOf = ({ chainId }: TrueClient) => {
    const { dark, old } = truth.chains.get(chainId)!
    const unread = [...truth.off, ...dark, ...old]
    return Math.min(span.fromMs, beforePauses(atMs, policy.sweepEveryMs + SLACK_MS, unread))
  }
  const isNear = owed.some((client) => {
    const readMs = readOf(client)
    const at = client.pieces.find(({ fromMs, toMs }) => fromMs <= readMs && toMs > atMs)
    const isKnown = at !== undefined && isOwed(client, readMs) && RANK[at.level] < RANK.expired
    return isKnown && at.lastUpdateMs + client.trustingPeriodMs - atMs < NEAR_MS
  })
  const isCalled = policy.mention.every((tag) => tags.includes(tag))
  // The second watcher has called for this very trouble, and nobody has said since that it is over.
  const since = [...claims, ...others].filter((one) => one.atMs >= span.fromMs && one.atMs < atMs - SLACK_MS)
  const overMs = Math.max(span.fromMs, ...since.filter(({ what }) => what === 'over').map((one) => one.atMs))
  const isCalledByOther = others.some(
    (one) =>
      one.what === claim.what &&
      one.chainId === named &&
      one.atMs >= overMs &&
      one.atMs <= atMs &&
      policy.mention.every((tag) => one.tags.includes(tag)),
  )
  if (isNear && !isCalled && !isCalledByOther) found('mention', atMs, `nobody is called: ${line}`)
  if (owed.length === 0 && isCalled && atMs - span.fromMs < CALL_AFTER_MS)
    found('mention', atMs, `called for what is not their own: ${line}`)
}

/** Spans with less than `gapMs` between them are one: who looks now and then sees no end of it. */
function merged(spans: readonly Span[], gapMs: number): Span[] {
  const all: Span[] = []
  for (const span of spans) {
    const last = all.at(-1)
    if (last && span.fromMs - last.toMs < gapMs) last.toMs = span.toMs
    else all.push({ ...span })
  }
  return all
}
