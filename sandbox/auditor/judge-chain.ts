// The same for chains: one that cannot be read is told as BLIND, one that makes no blocks as HALTED, and no other (pure).
import { type Judgement, type Policy, time } from './log.ts'
import type { ChainClaim, Said } from './said.ts'
import { afterPauses, beforePauses, SLACK_MS, type Span, touches } from './spans.ts'
import type { TrueChain, Truth } from './truth.ts'

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
  const due = (
    level: 'blind' | 'halted',
    span: Span,
    afterMs: number,
    pauses: Span[],
    told: ChainClaim['what'],
  ) => {
    const byMs = afterPauses(span.fromMs, afterMs, pauses)
    if (byMs >= Math.min(span.toMs, endMs)) return
    judgement.due.push({ chainId, clientId: null, level, fromMs: span.fromMs, byMs })
    const claim = claims.find(
      ({ what, atMs }) => what === told && atMs >= span.fromMs && atMs <= span.toMs + SLACK_MS,
    )
    if (claim && claim.atMs <= byMs) return
    judgement.findings.push({
      kind: claim ? 'late' : 'missed',
      about: chainId,
      atMs: span.fromMs,
      text: `${level} from ${time(span.fromMs)} to ${time(span.toMs)}, due by ${time(byMs)}; told ${claim ? time(claim.atMs) : 'never'}`,
    })
  }
  const lookMs = policy.sweepEveryMs + SLACK_MS
  for (const span of chain.black) due('blind', span, lookMs + policy.blindAfterMs, truth.mute, 'BLIND')
  for (const span of chain.halted) {
    due('halted', span, lookMs + HALTED_AFTER_MS, [...truth.mute, ...chain.dark], 'HALTED')
  }
  for (const claim of claims) {
    const fromMs = beforePauses(claim.atMs, SLACK_MS, truth.mute)
    const so = { BLIND: chain.dark, UNSEEN: chain.troubled, HALTED: chain.halted, over: null }[claim.what]
    if (so === null || touches(so, fromMs, claim.atMs)) continue
    judgement.findings.push({ kind: 'false', about: chainId, atMs: claim.atMs, text: claim.line })
  }
}
