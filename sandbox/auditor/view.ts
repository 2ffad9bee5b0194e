// One client as it is judged: what was true of it, what was said, and until when a thing had to be said (pure).
import type { Finding, Judgement, Policy } from './log.ts'
import type { Claim, Said } from './said.ts'
import { afterPauses, beforePauses, SLACK_MS, type Span, touches } from './spans.ts'
import { type Level, type Piece, RANK, type TrueChain, type TrueClient, type Truth } from './truth.ts'

export interface View {
  truth: Truth
  policy: Policy
  endMs: number
  chain: TrueChain
  client: TrueClient
  about: string
  /** About this client, in the order in which they were posted. */
  claims: Claim[]
  said: Said
  judgement: Judgement
}

export function found({ judgement, about }: View, kind: Finding['kind'], atMs: number, text: string): void {
  judgement.findings.push({ kind, about, atMs, text })
}

export const isAlarm = (claim: Claim): claim is Claim & { level: Level } =>
  claim.level in RANK && claim.level !== 'ok'
export const rankOf = (claim: Claim) => (isAlarm(claim) ? RANK[claim.level] : 0)

/** A webhook that does not work for so long, or a quarter of the time that is left: the bot's own account speaks. */
export const PATIENCE_MS = 5 * 60_000

/**
 * Until when a thing is told that is known `ms` after `fromMs` outside of `pauses`: where the webhook is dead then, by
 * the bot's own account after its patience. `deadlineMs`: until when the thing can be mended.
 */
export function tellBy(
  truth: Truth,
  fromMs: number,
  ms: number,
  pauses: readonly Span[],
  deadlineMs = Infinity,
  dead: readonly Span[] = truth.dead,
): number {
  const knownMs = afterPauses(fromMs, ms + (truth.graceMs ?? 0), pauses)
  // What waited for Discord is tried again some minutes after it works.
  const isHeld = truth.deaf.some((span) => span.fromMs <= knownMs && span.toMs + SLACK_MS > knownMs - ms)
  const byMs = isHeld ? afterPauses(knownMs, PATIENCE_MS, truth.mute) : knownMs
  if (!dead.some((span) => span.fromMs <= byMs && span.toMs + SLACK_MS > byMs - ms)) return byMs
  const leftMs = deadlineMs - byMs
  const patienceMs = leftMs > 0 ? Math.min(PATIENCE_MS, leftMs / 4) : PATIENCE_MS
  return afterPauses(byMs, patienceMs + SLACK_MS, truth.mute)
}

/** A client's news: like all else, but what is refused for what is in it takes as long as where the webhook is dead. */
export function newsBy(
  view: View,
  fromMs: number,
  ms: number,
  pauses: readonly Span[],
  deadlineMs = Infinity,
) {
  const { truth, said, client } = view
  const refused = said.refused
    .filter(
      ({ atMs, chainId, clientId }) =>
        chainId === client.chainId && clientId === client.clientId && touches(truth.poisoned, atMs, atMs),
    )
    .map(({ atMs }) => ({ fromMs: atMs - SLACK_MS, toMs: atMs + SLACK_MS }))
  return tellBy(truth, fromMs, ms, pauses, deadlineMs, [...truth.dead, ...refused])
}

/** Since when a claim may have waited: for Discord, or because its own message was refused. */
export const saidFrom = (view: View, { atMs }: Claim) =>
  Math.min(saidSince(view.truth, atMs), beforePauses(atMs, SLACK_MS, poisonOf(view)))

/** Since when a line may have been written: what waited for Discord is tried again some minutes after it works. */
export const writtenFrom = (view: View, claim: Claim) =>
  Math.min(
    saidFrom(view, claim),
    beforePauses(claim.atMs, PATIENCE_MS + SLACK_MS, [...view.truth.mute, ...view.truth.dead]) + PATIENCE_MS,
  )

/** A chain is looked at each minute, and one look may take a while. */
export const BACK_MS = 3 * SLACK_MS

/**
 * Within how long it is known what only a reading shows: a chain that answered nothing at a moment is read as soon as it
 * answers; of others it is not known that something was missed, until they are swept.
 */
export function readWithinMs({ chain, truth, policy }: View, atMs: number): number {
  const black = chain.black.find(
    ({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs && toMs - fromMs >= BACK_MS,
  )
  // What can be read in part by then has been seen, and nobody knows of the rest; what cannot be written is read again.
  const isPart = black && touches([...chain.dark, ...truth.unwritten], black.toMs, black.toMs + BACK_MS)
  return black && !isPart ? BACK_MS : policy.sweepEveryMs + SLACK_MS
}

export const pastSaving = ({ level }: Piece) => level === 'expired' || level === 'frozen'

/** A message may have waited for Discord since then; what it says was so at some moment between. */
export const saidSince = ({ mute, dead }: Truth, atMs: number) =>
  beforePauses(atMs, SLACK_MS, [...mute, ...dead])

/** Who may have had its alert, and when. */
export const acksOf = ({ truth, client }: View) =>
  truth.acks.filter(({ chainId, clientId }) => chainId === client.chainId && clientId === client.clientId)

/** From its first refusal on a client's message is held back by what is in it */
export function poisonOf({ truth, said, client }: View): Span[] {
  return truth.poisoned.flatMap(({ fromMs, toMs }) => {
    const first = said.refused.find(
      ({ atMs, chainId, clientId }) =>
        atMs >= fromMs && atMs < toMs && chainId === client.chainId && clientId === client.clientId,
    )
    return first ? [{ fromMs: first.atMs - SLACK_MS, toMs: toMs + PATIENCE_MS }] : []
  })
}

/** The level that the clock alone gives a client that was last updated then. */
export function levelByClock(trustingPeriodMs: number, lastUpdateMs: number, policy: Policy, atMs: number) {
  const share = (atMs - lastUpdateMs) / trustingPeriodMs
  const leftMs = lastUpdateMs + trustingPeriodMs - atMs
  if (leftMs <= 0) return 3
  if (share >= policy.criticalAt) return 2
  const byTime = trustingPeriodMs >= 4 * policy.warnWhenLeftMs && leftMs <= policy.warnWhenLeftMs
  return share >= policy.warnAt || byTime ? 1 : 0
}
