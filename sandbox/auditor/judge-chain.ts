// The same for chains: one that cannot be read is told as BLIND, one that makes no blocks as HALTED, and no other (pure).
import { type Finding, type Judgement, type Policy, time } from './log.ts'
import type { ChainClaim, Said } from './said.ts'
import { SLACK_MS, type Span, touches } from './spans.ts'
import { RANK, type TrueChain, type Truth, useAt } from './truth.ts'
import { saidSince, tellBy } from './view.ts'

/** A chain is called halted when its newest block is so old. */
const HALTED_AFTER_MS = 5 * 60_000
/** A deadline is near when less is left. */
const NEAR_MS = 24 * 3_600_000
/** What has lasted so long calls somebody whatever the deadlines are. */
const CALL_AFTER_MS = 6 * 3_600_000

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
  const found = (kind: Finding['kind'], atMs: number, text: string) =>
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
  // It is looked at each minute, and one look may take a while.
  const backMs = 3 * SLACK_MS
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
    if (!claim.again) {
      ends(claim, so, claims.slice(i + 1))
      early(claim, so)
    }
    calls(claim, so)
  }

  /** Not before it has lasted, and with the time that it has lasted. */
  function early({ atMs, what, line }: ChainClaim, so: Span[]): void {
    if (what === 'UNSEEN') return
    const span = merged(so, policy.blindAfterMs).findLast(({ fromMs }) => fromMs <= atMs)
    if (!span) return
    if (atMs - span.fromMs < policy.blindAfterMs - SLACK_MS - chain.blockMs)
      found('false', atMs, `${line} — it began at ${time(span.fromMs)}`)
    const lasted = /(?:BLIND|no block for) (\d+) (s|min|h)/.exec(line)
    const lastedMs = lasted
      ? Number(lasted[1]) * { s: 1000, min: SLACK_MS, h: 60 * SLACK_MS }[lasted[2] as 's' | 'min' | 'h']
      : 0
    if (lastedMs > atMs - span.fromMs + SLACK_MS + chain.blockMs)
      found('false', atMs, `${line} — it began at ${time(span.fromMs)}`)
  }

  /** Whoever has a client there whose end is near is called, and nobody else before it has lasted long. */
  function calls({ atMs, what, line, tags, chainId: named }: ChainClaim, so: Span[]): void {
    if (what === 'UNSEEN' || policy.mention.length === 0 || touches(truth.poisoned, atMs, atMs)) return
    const span = so.find((one) => touches([one], saidSince(truth, atMs), atMs))
    if (!span) return
    const owed = truth.clients.filter((client) => {
      const { names } = truth.chains.get(client.chainId)!
      const use = useAt(client, atMs)
      return (named === null || client.chainId === named) && (names ? use === 'mine' : use !== 'idle')
    })
    const isNear = owed.some(({ pieces, trustingPeriodMs }) =>
      pieces.some(
        (piece) =>
          piece.fromMs <= span.fromMs &&
          piece.toMs > atMs &&
          RANK[piece.level] < RANK.expired &&
          piece.lastUpdateMs + trustingPeriodMs - atMs < NEAR_MS,
      ),
    )
    const isCalled = policy.mention.every((tag) => tags.includes(tag))
    if (isNear && !isCalled) found('mention', atMs, `nobody is called: ${line}`)
    if (owed.length === 0 && isCalled && atMs - span.fromMs < CALL_AFTER_MS)
      found('mention', atMs, `called for what is not their own: ${line}`)
  }

  /** It is said when it is over. */
  function ends({ chainId: named, atMs, line, what }: ChainClaim, so: Span[], later: ChainClaim[]): void {
    const span = so.find((one) => touches([one], saidSince(truth, atMs), atMs))
    if (named === null || !span || what === 'UNSEEN' || span.toMs === Infinity) return
    // What is troubled again at once is one trouble.
    const pauses = [...truth.mute, ...chain.dark, ...chain.halted]
    const byMs = tellBy(truth, Math.max(span.toMs, atMs), backMs, pauses)
    if (byMs >= endMs || later.some((one) => one.atMs <= byMs && one.what === 'over')) return
    found('not ended', span.toMs, `over at ${time(span.toMs)}, not said by ${time(byMs)}: ${line}`)
  }
}
