// Two watchers of one world: never two calls for one thing while both can speak; one speaks where the other cannot (pure).
import { HALTED_AFTER_MS } from './judge-chain.ts'
import { type ChannelRequest, type Judgement, type Policy, time, type WorldEvent } from './log.ts'
import { type ChainClaim, type Claim, type Said, saidOf } from './said.ts'
import { SLACK_MS, type Span, touches } from './spans.ts'
import { RANK, type TrueClient, type Truth, useAt } from './truth.ts'
import { isAlarm, rankOf, type View } from './view.ts'

const MINUTE_MS = 60_000
/** What stands before all that a second watcher says. */
const SIGNED = 'from the standby: '
/** For so long after its due time the first one has its turn: three minutes, six after a trouble of Discord. */
const GRACE_MS = 10 * MINUTE_MS
/** Whoever has begun or come back needs so long until it has looked around. */
const COMES_MS = 12 * MINUTE_MS
/** It has never less: three minutes, but for the steps in which the world's time goes. */
const TURN_MS = 2 * MINUTE_MS
/** After so long without a trouble the first one has told whatever is due. */
const CALM_MS = 30 * MINUTE_MS
/** Two calls for one thing within so long are two for one. */
const APART_MS = 4 * 60 * MINUTE_MS

interface Two {
  truth: Truth
  first: Said
  second: Said
  policy: Policy
  endMs: number
  judgement: Judgement
  events: readonly WorldEvent[]
  dueAt: (view: View, level: 'critical' | 'expired' | 'frozen') => void
}

/** What each of the two said; `second`: without what stands before it, undefined where there is none. */
export function saidOfBoth(
  requests: readonly ChannelRequest[],
  truth: Truth,
): { first: Said; second?: Said } {
  const first = saidOf(
    requests.filter(({ from }) => !from),
    truth,
  )
  if (truth.second === null) return { first }
  const own = requests.filter(({ from }) => from)
  const second = saidOf(
    own.map((one) => ({ ...one, content: one.content.replace(SIGNED, '') })),
    truth,
  )
  return { first: { ...first, others: second.claims, othersOfChains: second.ofChains }, second }
}

export function judgeStandby(two: Two): void {
  silent(two)
  calledTwice(two)
  calledTwiceForChain(two)
  toldByEither(two)
  for (const event of two.events) {
    if (event.kind !== 'answered' || event.text.includes('**Standby**')) continue
    const text = `the second watcher answers more than its status: ${event.text.slice(0, 200)}`
    two.judgement.findings.push({ kind: 'false', about: '', atMs: event.atMs, text })
  }
}

/** What keeps the first one, or nobody knows whether it does, from speaking in time. */
const troublesOf = ({ off, mute, deaf, dead, poisoned, unwritten, hurt }: Truth) => [
  ...[...off, ...mute, ...deaf, ...dead, ...poisoned],
  ...[...unwritten, ...hurt],
]

/** While the first one speaks, the second one does not. */
function silent({ truth, second, judgement }: Two): void {
  const troubles = troublesOf(truth)
  // What cannot be read each of the two sees for itself alone.
  const alarms = [
    ...second.claims.filter((claim) => isAlarm(claim) && !claim.memory),
    ...second.ofChains.filter(({ what }) => what === 'HALTED'),
  ]
  for (const claim of alarms) {
    const isBeside = !touches(troubles, claim.atMs - CALM_MS, claim.atMs)
    if (!isBeside && claim.atMs >= sinceOf(truth, claim) + TURN_MS) continue
    const how = isBeside ? 'speaks, though the first one can' : 'leaves the first one no turn'
    const text = `the second watcher ${how}: ${claim.line}`
    judgement.findings.push({ kind: 'doubled', about: key(claim), atMs: claim.atMs, text })
  }
}

/** Since when it can be known what a line says for the first time, Unix ms. */
function sinceOf(truth: Truth, claim: Claim | ChainClaim): number {
  if (claim.again) return -Infinity
  if (!('clientId' in claim)) {
    const { halted = [] } = truth.chains.get(claim.chainId ?? '') ?? {}
    return (halted.findLast(({ fromMs }) => fromMs <= claim.atMs)?.fromMs ?? -Infinity) + HALTED_AFTER_MS
  }
  const { pieces = [] } = truth.clients.find((one) => isAbout(claim, one)) ?? {}
  const before = pieces.findLast(({ level, toMs }) => toMs <= claim.atMs && RANK[level] < rankOf(claim))
  return before?.toMs ?? -Infinity
}

/** Whoever speaks as the second one has found what the other has said: nobody is called twice for the same. */
function calledTwice({ truth, first, second, policy, judgement }: Two): void {
  const calls = (claim: Claim) =>
    isAlarm(claim) && !claim.memory && !claim.again && policy.mention.some((tag) => claim.tags.includes(tag))
  const odd = oddOf(truth)
  const all = [...first.claims, ...second.claims]
  for (const client of truth.clients) {
    const about = all.filter((one) => isAbout(one, client)).sort((a, b) => a.atMs - b.atMs)
    for (const claim of about.filter(calls)) {
      const isSeconds = second.claims.includes(claim)
      const before = about.findLast(
        (one) =>
          calls(one) &&
          second.claims.includes(one) !== isSeconds &&
          one.atMs < claim.atMs - SLACK_MS &&
          one.atMs > claim.atMs - APART_MS &&
          rankOf(one) >= rankOf(claim),
      )
      if (!before || [before, claim].some(({ atMs }) => touches(odd, atMs - GRACE_MS, atMs + SLACK_MS)))
        continue
      const isNew =
        client.pieces.some(
          (piece) => touches([piece], before.atMs, claim.atMs) && RANK[piece.level] < rankOf(claim),
        ) || about.some((one) => !isAlarm(one) && one.atMs >= before.atMs && one.atMs <= claim.atMs)
      if (isNew || callsForMore(truth, isSeconds ? [second, first] : [first, second], claim)) continue
      const text = `called twice: ${claim.line} — the other one called at ${time(before.atMs)}`
      judgement.findings.push({ kind: 'doubled', about: key(claim), atMs: claim.atMs, text })
    }
  }
}

/** Whether the same post of `own` calls for something else, too, for which the other one has not called. */
const callsForMore = (truth: Truth, [own, other]: [Said, Said], claim: Claim): boolean =>
  own.claims.some(
    (more) =>
      more.messageId === claim.messageId &&
      isAlarm(more) &&
      truth.clients.some(
        (one) =>
          isAbout(more, one) &&
          (!truth.chains.get(one.chainId)!.names || useAt(one, more.atMs) === 'mine') &&
          !other.claims.some(
            (call) =>
              isAbout(call, one) &&
              call.tags.length > 0 &&
              rankOf(call) >= rankOf(more) &&
              call.atMs <= more.atMs &&
              call.atMs > more.atMs - APART_MS &&
              !one.pieces.some(
                (piece) => RANK[piece.level] < rankOf(more) && touches([piece], call.atMs, more.atMs),
              ),
          ),
      ),
  )

/** The same of chains that cannot be read or are halted. */
function calledTwiceForChain({ truth, first, second, policy, judgement }: Two): void {
  const odd = oddOf(truth)
  const all = [...first.ofChains, ...second.ofChains].sort((a, b) => a.atMs - b.atMs)
  const calls = (one: ChainClaim) => !one.again && policy.mention.some((tag) => one.tags.includes(tag))
  for (const claim of all) {
    const chain = truth.chains.get(claim.chainId ?? '')
    const spans = { BLIND: chain?.dark, HALTED: chain?.halted, UNSEEN: [], RESTARTED: [], over: [] }[
      claim.what
    ]
    const span = spans?.find((one) => touches([one], claim.atMs - SLACK_MS, claim.atMs))
    if (!span || !calls(claim)) continue
    const about = all.filter(
      ({ chainId, atMs }) => chainId === claim.chainId && atMs >= span.fromMs && atMs < claim.atMs - SLACK_MS,
    )
    const before = about.findLast(({ what }) => what === claim.what || what === 'over')
    if (!before || !calls(before) || second.ofChains.includes(before) === second.ofChains.includes(claim))
      continue
    if ([before, claim].some(({ atMs }) => touches(odd, atMs - GRACE_MS, atMs + SLACK_MS))) continue
    const text = `called twice: ${claim.line} — the other one called at ${time(before.atMs)}`
    judgement.findings.push({ kind: 'doubled', about: key(claim), atMs: claim.atMs, text })
  }
}

/** Where a message may be lost or late, nobody knows what stands there. */
const oddOf = ({ deaf, cut, dead, poisoned, unwritten }: Truth) => [
  ...deaf.filter((span) => !cut.includes(span)),
  ...[...dead, ...poisoned, ...unwritten],
]

/** What is due comes from one of the two, a little later than from one that lives all the time. */
function toldByEither({ truth, first, second, policy, endMs, judgement, dueAt }: Two): void {
  const deaf = truth.deaf.filter((span) => !truth.cut.includes(span))
  const mute = [...both([...truth.off, ...truth.cut], truth.second!), ...deaf]
  const either: Truth = { ...truth, mute, deaf, off: both(truth.off, truth.second!), graceMs: GRACE_MS }
  const claims = [...first.claims, ...second.claims].sort((a, b) => a.atMs - b.atMs)
  const said: Said = { ...first, claims, refused: [...first.refused, ...second.refused] }
  const own: Judgement = { findings: [], due: [] }
  for (const client of truth.clients) {
    const chain = truth.chains.get(client.chainId)!
    const about = `${client.chainId}/${client.clientId}`
    const ofIt = claims.filter((one) => isAbout(one, client))
    const view: View = {
      truth: either,
      policy,
      endMs,
      chain,
      client,
      about,
      claims: ofIt,
      said,
      judgement: own,
    }
    for (const level of ['critical', 'expired', 'frozen'] as const) {
      const found: Judgement = { findings: [], due: own.due }
      dueAt({ ...view, judgement: found }, level)
      own.findings.push(...found.findings.filter(({ atMs }) => !isFeared(view, RANK[level], atMs)))
    }
  }
  for (const finding of own.findings)
    judgement.findings.push({ ...finding, text: `by neither of two: ${finding.text}` })
  judgement.due.push(...own.due.map((due) => ({ ...due, level: 'second' as const })))
}

/**
 * Whether one of the two has feared something as bad, by a reading older than the other one's, and the chain has been dark
 * since: that stands there already.
 */
const isFeared = ({ claims, chain }: View, rank: number, atMs: number) =>
  claims.some(
    (claim) =>
      claim.memory &&
      rankOf(claim) >= rank &&
      chain.dark.some(({ fromMs, toMs }) => fromMs <= claim.atMs && claim.atMs <= atMs && atMs < toMs) &&
      !claims.some((one) => !isAlarm(one) && one.atMs >= claim.atMs && one.atMs <= atMs),
  )

/** When neither of the two can speak: each needs a while after it is back. */
function both(a: readonly Span[], b: readonly Span[]): Span[] {
  const late = (spans: readonly Span[]) =>
    spans.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + COMES_MS }))
  return late(a).flatMap((one) =>
    late(b).flatMap((other) => {
      const span = { fromMs: Math.max(one.fromMs, other.fromMs), toMs: Math.min(one.toMs, other.toMs) }
      return span.toMs > span.fromMs ? span : []
    }),
  )
}

const isAbout = (claim: Claim, client: TrueClient) =>
  claim.chainId === client.chainId && claim.clientId === client.clientId
const key = (claim: Claim | ChainClaim) =>
  'clientId' in claim ? `${claim.chainId}/${claim.clientId}` : `${claim.chainId}`
