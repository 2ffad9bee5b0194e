// The same for chains: one that cannot be read is told as BLIND, one that makes no blocks as HALTED, and no other (pure).
import { type Judgement, type Policy, time } from './log.ts'
import type { ChainClaim, Said } from './said.ts'
import { SLACK_MS, type Span, touches } from './spans.ts'
import type { TrueChain, Truth } from './truth.ts'
import { saidSince, tellBy } from './view.ts'

/** A chain is called halted when its newest block is so old. */
const HALTED_AFTER_MS = 5 * 60_000

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
  const claims = said.ofChains.filter(
    (one) => one.chainId === chainId || (one.chainId === null && one.what === 'BLIND'),
  )
  const found = (kind: 'missed' | 'late' | 'false' | 'doubled' | 'not ended', atMs: number, text: string) =>
    judgement.findings.push({ kind, about: chainId, atMs, text })
  const due = (
    level: 'blind' | 'halted',
    span: Span,
    afterMs: number,
    pauses: Span[],
    told: ChainClaim['what'],
  ) => {
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
  const lookMs = policy.sweepEveryMs + SLACK_MS
  for (const span of chain.black) due('blind', span, lookMs + policy.blindAfterMs, truth.mute, 'BLIND')
  for (const span of chain.halted) {
    due('halted', span, lookMs + HALTED_AFTER_MS, [...truth.mute, ...chain.dark], 'HALTED')
  }
  for (const [i, claim] of claims.entries()) {
    const so = { BLIND: chain.dark, UNSEEN: chain.troubled, HALTED: chain.halted, over: null }[claim.what]
    if (so === null) continue
    if (!touches(so, saidSince(truth, claim.atMs), claim.atMs)) found('false', claim.atMs, claim.line)
    const last = claims.slice(0, i).findLast(({ what }) => what === claim.what || what === 'over')
    const isNamed = claim.chainId !== null && last?.chainId !== null
    if (claim.what !== 'UNSEEN' && !claim.again && last?.what === claim.what && isNamed)
      found('doubled', claim.atMs, `${claim.line} — told ${time(last.atMs)} already`)
    if (!claim.again) ends(claim, so, claims.slice(i + 1))
  }

  /** It is said when it is over. */
  function ends({ chainId: named, atMs, line, what }: ChainClaim, so: Span[], later: ChainClaim[]): void {
    const span = so.find((one) => touches([one], saidSince(truth, atMs), atMs))
    if (named === null || !span || what === 'UNSEEN' || span.toMs === Infinity) return
    // What is troubled again at once is one trouble.
    const pauses = [...truth.mute, ...chain.dark, ...chain.halted]
    const byMs = tellBy(truth, Math.max(span.toMs, atMs), lookMs, pauses)
    if (byMs >= endMs || later.some((one) => one.atMs <= byMs && one.what === 'over')) return
    found('not ended', span.toMs, `over at ${time(span.toMs)}, not said by ${time(byMs)}: ${line}`)
  }
}
