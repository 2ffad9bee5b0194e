// Who has an alert: quiet until it is worse, or their time is over; then they are called, too (pure).
import { time } from './log.ts'
import { SLACK_MS, touches } from './spans.ts'
import { RANK, useAt } from './truth.ts'
import { acksOf, found, isAlarm, rankOf, tellBy, type View } from './view.ts'

/** What was on its way when somebody said that they have it. */
const ON_ITS_WAY_MS = 2 * SLACK_MS

export function acked(view: View): void {
  const { claims, client, chain, truth, endMs, policy } = view
  const all = acksOf(view)
  for (const [i, ack] of all.entries()) {
    const { fromMs, toMs, who } = ack
    if (!ack.isTaken || toMs <= fromMs) continue
    // What was asked and not answered may have been done.
    const changedMs = all[i + 1]?.fromMs ?? Infinity
    const rank = Math.max(
      0,
      ...claims
        .filter(({ atMs }) => atMs <= fromMs)
        .map(rankOf)
        .slice(-1),
    )
    const next = claims.find(({ atMs }) => atMs > fromMs + ON_ITS_WAY_MS)
    const untilMs = Math.min(toMs, changedMs, next?.atMs ?? Infinity)
    const odd = [...truth.mute, ...truth.dead, ...truth.poisoned, ...truth.unwritten, ...truth.hurt]
    const isOdd = touches(odd, fromMs - SLACK_MS, untilMs + ON_ITS_WAY_MS)
    const isAnew = chain.restartsMs.some((atMs) => atMs >= fromMs - SLACK_MS && atMs <= untilMs)
    if (isOdd || isAnew || rank === 0) continue
    if (next && next.atMs < Math.min(toMs, changedMs)) {
      const isWorse = rankOf(next) > rank || next.level === 'frozen'
      if (isAlarm(next) && /^\S+ still /.test(next.line) && !isWorse)
        found(view, 'doubled', next.atMs, `${who} has it until ${time(toMs)}: ${next.line}`)
    }
    if (changedMs <= Math.max(toMs, next?.atMs ?? 0)) continue
    const byMs = tellBy(truth, toMs, ON_ITS_WAY_MS, [...truth.mute, ...chain.dark])
    const still = client.pieces.filter((piece) => touches([piece], fromMs, byMs))
    const lasts =
      still.every(({ level }) => RANK[level] > 0) && useAt(client, byMs) !== 'idle' && byMs < endMs
    if (lasts && !touches(chain.halted, fromMs, byMs) && (!next || next.atMs > byMs))
      found(view, 'missed', toMs, `${who} had it until then, and nothing came by ${time(byMs)}`)
    if (!next || next.level === 'withdrawn' || next.by === 'bot' || policy.mention.length === 0) continue
    // What came right after they said so may have been worse already, and ended it.
    const near = view.said.claims.filter(
      (one) => one.chainId === client.chainId && one.atMs > fromMs && one.atMs <= next.atMs + SLACK_MS,
    )
    if (!near.some(({ tags }) => tags.includes(who)))
      found(view, 'mention', next.atMs, `${who} had it and is not called: ${next.line}`)
  }
}
