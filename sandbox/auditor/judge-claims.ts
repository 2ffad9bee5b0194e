// Whether what was said of a client may be said: it was so, it was not said before, and its advice works (pure).
import { time } from './log.ts'
import { type Claim, type Command, spanIn } from './said.ts'
import { beforePauses, SLACK_MS, type Span, touches } from './spans.ts'
import { type Level, RANK, useAt } from './truth.ts'
import {
  acksOf,
  BACK_MS,
  found,
  isAlarm,
  levelByClock,
  pastSaving,
  poisonOf,
  rankOf,
  saidFrom,
  saidSince,
  type View,
} from './view.ts'

const MINUTE_MS = 60_000
/** The same words by the same sender within so long are one message that was sent twice. */
const TWICE_MS = 3 * MINUTE_MS

/** What is claimed was so, a moment ago at the most; what is marked as an old reading was so by it. */
export function permitted(view: View, claim: Claim): void {
  const { client, chain, policy, truth } = view
  const fromMs = saidFrom(view, claim)
  const now = client.pieces.filter((piece) => touches([piece], fromMs, claim.atMs))
  const isIdle = client.uses.some(
    ({ fromMs: sinceMs, use }, i) =>
      use === 'idle' &&
      touches(
        [{ fromMs: sinceMs, toMs: client.uses[i + 1]?.fromMs ?? Infinity }],
        fromMs - policy.sweepEveryMs,
        claim.atMs,
      ),
  )
  // What was past saving may be saved, and in danger again, or past its new deadline by the clock.
  const wasLost = client.pieces.some((piece) => pastSaving(piece) && piece.fromMs <= claim.atMs)
  const isTrue = claim.memory
    ? (touches(chain.troubled, fromMs - policy.sweepEveryMs, claim.atMs) ||
        touches(stoodStill(view), claim.atMs, claim.atMs)) &&
      byOldReading()
    : claim.level === 'over'
      ? now.some((piece) => piece.level === 'ok' || (wasLost && !pastSaving(piece)))
      : claim.level === 'withdrawn'
        ? isIdle
        : now.some(({ level }) => RANK[level] >= rankOf(claim) && isSaid(claim.level as Level, level))
  const was = () =>
    now.map(({ level, lastUpdateMs }) => `${level} (updated ${time(lastUpdateMs)})`).join(', ')
  if (!isTrue) {
    found(view, 'false', claim.atMs, `${claim.line} — it was ${was()}`)
    return
  }
  // Nobody knows of what closed before a sweep could see it.
  const sweptMs = beforePauses(fromMs, policy.sweepEveryMs, [...truth.off, ...chain.dark])
  const idle = [sweptMs, claim.atMs].every((atMs) => useAt(client, atMs) === 'idle')
  if (idle && isAlarm(claim)) found(view, 'false', claim.atMs, `${claim.line} — nobody uses it`)
  const { deadlineMs } = claim
  const updates = claim.memory ? client.pieces.filter((piece) => piece.fromMs <= claim.atMs) : now
  const fits = (lastUpdateMs: number) =>
    Math.abs(lastUpdateMs + client.trustingPeriodMs - deadlineMs!) <= MINUTE_MS
  if (deadlineMs !== null && !updates.some(({ lastUpdateMs }) => fits(lastUpdateMs)))
    found(view, 'false', claim.atMs, `${claim.line} — another deadline: it was ${was()}`)

  /** By some update that the bot may have read last. */
  function byOldReading(): boolean {
    const troubled = chain.troubled.findLast((span) => span.fromMs <= claim.atMs)
    const unread = [...truth.off, ...chain.dark]
    const sinceMs = beforePauses(troubled?.fromMs ?? claim.atMs, policy.sweepEveryMs + SLACK_MS, unread)
    return client.pieces.some(
      ({ lastUpdateMs, toMs }) =>
        toMs > sinceMs &&
        levelByClock(client.trustingPeriodMs, lastUpdateMs, policy, claim.atMs) >= Math.min(3, rankOf(claim)),
    )
  }
}

/** When whoever is back cannot know yet whether a chain has halted meanwhile, or its endpoints are behind: it takes two looks. */
const stoodStill = ({ truth, chain }: View): Span[] =>
  truth.off
    .filter((off) =>
      chain.halted.some(({ fromMs, toMs }) => touches([off], fromMs, fromMs) && toMs > off.toMs),
    )
    .map(({ toMs }) => ({ fromMs: toMs, toMs: toMs + BACK_MS }))

/** A word that is graver in kind is not covered by a higher rank: nobody is past saving who is not. */
function isSaid(claimed: Level, level: Level): boolean {
  if (claimed === 'expired') return level === 'expired'
  if (claimed === 'overdue') return level === 'overdue' || level === 'expired'
  return true
}

/** One thing is told once: again only when it was over, or by a line that says so. */
export function doubled(view: View): void {
  const { claims, client, chain, truth } = view
  for (const [i, claim] of claims.entries()) {
    const last = claims[i - 1]
    const isSame = last?.line === claim.line && last.by === claim.by
    // Who was killed between Discord's acceptance and the note of it may not know.
    if (isSame && claim.atMs - last.atMs <= TWICE_MS && !touches(truth.off, last.atMs, claim.atMs)) {
      found(view, 'doubled', claim.atMs, `${claim.line} — in the same words ${time(last.atMs)}`)
      continue
    }
    if (
      /^\S+ still (?:EXPIRED|FROZEN)/.test(claim.line) &&
      !acksOf(view).some((one) => one.fromMs < claim.atMs)
    )
      found(view, 'doubled', claim.atMs, `${claim.line} — no reminder helps`)
    if (claim.again || !isAlarm(claim)) continue
    const before = claims
      .slice(0, i)
      .findLast((one) => levelSaid(view, one) === levelSaid(view, claim) && !one.again)
    if (!before) continue
    const fromMs = Math.min(before.atMs, saidSince(truth, before.atMs) + SLACK_MS)
    const between = client.pieces.filter((piece) => touches([piece], fromMs, claim.atMs))
    const wasOver =
      between.some(({ level }) => RANK[level] < rankOf(claim)) ||
      chain.restartsMs.some((atMs) => atMs >= fromMs - SLACK_MS && atMs <= claim.atMs) ||
      claims.some((one) => !isAlarm(one) && one.atMs >= before.atMs && one.atMs <= claim.atMs)
    if (!wasOver) found(view, 'doubled', claim.atMs, `${claim.line} — told ${time(before.atMs)} already`)
  }
}

/** What a line says: from memory nothing but a deadline is said, and the clock makes the level out of it. */
function levelSaid({ client, policy }: View, claim: Claim): string {
  const { memory, deadlineMs: saidMs, atMs } = claim
  if (!memory || saidMs === null) return `${claim.level} ${memory}`
  // Deadlines are said to the minute, and levels change at a moment.
  const { trustingPeriodMs: periodMs } = client
  const updates = client.pieces.filter(({ fromMs }) => fromMs <= atMs).map((one) => one.lastUpdateMs)
  const lastUpdateMs =
    updates.findLast((ms) => Math.abs(ms + periodMs - saidMs) <= MINUTE_MS) ?? saidMs - periodMs
  // What waited is as it was written: it says how much was left.
  const writtenMs = Math.min(atMs, lastUpdateMs + periodMs - (spanIn(claim.line, 'left')?.leastMs ?? 0))
  return `${levelByClock(periodMs, lastUpdateMs, policy, writtenMs)} by memory`
}

/** The command that stands below a claim would have worked, and there is one where one helps. */
export function advice(view: View, claim: Claim): void {
  const { client, truth, chain } = view
  if (!isAlarm(claim) || claim.again || claim.by === 'bot') return
  const own = claim.commands.filter(
    ({ chainId, clientId }) => chainId === client.chainId && clientId === client.clientId,
  )
  const finding = (text: string) => found(view, 'bad advice', claim.atMs, `${text}: ${claim.line}`)
  const isOfPost = ({ chainId, clientId }: Command) =>
    view.said.claims.some(
      (one) => one.messageId === claim.messageId && one.chainId === chainId && one.clientId === clientId,
    )
  const other = claim.commands.find((command) => !isOfPost(command))
  if (other) finding(`${other.text} is for another client`)
  if (claim.level === 'expired' || claim.level === 'frozen') {
    if (own.length > 0 && !claim.memory) finding('an update is refused')
    const isNamed = claim.embeds.some((text) => text.includes(`-client ${client.clientId} `))
    if (!claim.memory && claim.embeds.length > 0 && !isNamed) finding('no proposal recovers it')
    return
  }
  if (own.length === 0) {
    // A message that is refused loses its embeds.
    const poisoned = touches(poisonOf(view), claim.atMs, claim.atMs)
    // No header from before the halt is young enough any more.
    const halt = chain.halted.find((span) => touches([span], claim.atMs, claim.atMs))
    const isTooLate = halt !== undefined && claim.atMs - halt.fromMs >= client.trustingPeriodMs - MINUTE_MS
    if (!poisoned && !isTooLate) finding('no command')
    return
  }
  // What was held up, or is of an old reading, may be out of date.
  if (claim.memory || saidSince(truth, claim.atMs) < claim.atMs - SLACK_MS) return
  const halt = chain.halted.find((span) => touches([span], claim.atMs, claim.atMs))
  // A halt is known some minutes after it began.
  if (halt && claim.atMs - halt.fromMs < 7 * MINUTE_MS) return
  // No header of a chain that began anew is above what is known of it; how it was before, nobody knows any more.
  const tracked = truth.chains.get(client.trackedChainId)
  if (tracked?.restartsMs.some((atMs) => atMs <= claim.atMs)) return
  for (const { text } of own) {
    const tried = truth.tried.get(`${claim.atMs} ${text}`)
    if (tried && !tried.works) finding(`${text} does not work (${tried.why})`)
  }
}
