// How it was told: whom a message called, that it was said again in time, and that it was marked when it was over (pure).
import { time } from './log.ts'
import type { Claim } from './said.ts'
import { afterPauses, SLACK_MS, touches } from './spans.ts'
import { useAt } from './truth.ts'
import {
  acksOf,
  found,
  isAlarm,
  PATIENCE_MS,
  poisonOf,
  rankOf,
  tellBy,
  type View,
  writtenFrom,
} from './view.ts'

const MINUTE_MS = 60_000
/** Reminders never come closer together. */
const APART_MS = 5 * MINUTE_MS
/** For so long after Discord works again what waited is tried again. */
const HELD_MS = 11 * MINUTE_MS

/** Who is called: on a chain that names `mine`, for `mine` alone; else whoever alerts are about. Once for a storm. */
export function called(view: View, claim: Claim): void {
  const { policy, truth, said, client } = view
  if (!isAlarm(claim) || claim.again || policy.mention.length === 0) return
  if (touches(poisonOf(view), claim.atMs, claim.atMs)) return
  const isOwed = (one: Claim) => {
    const chain = truth.chains.get(one.chainId)!
    const of = truth.clients.find((each) => each.chainId === one.chainId && each.clientId === one.clientId)
    return isAlarm(one) && (!chain.names || (of !== undefined && useAt(of, one.atMs) === 'mine'))
  }
  const near = said.claims.filter(
    (one) => one.chainId === client.chainId && Math.abs(one.atMs - claim.atMs) <= SLACK_MS,
  )
  if (isOwed(claim)) {
    // A storm's posts share one mention.
    const isCalled = policy.mention.every(
      (tag) => near.some(({ tags }) => tags.includes(tag)) || calledByOther(view, claim, tag),
    )
    if (!isCalled) found(view, 'mention', claim.atMs, `nobody is called: ${claim.line}`)
  } else if (claim.tags.some((tag) => policy.mention.includes(tag))) {
    // Where nobody knows whether a storm's first post arrived, the next one calls, too.
    const isInDoubt = touches(truth.deaf, claim.atMs - SLACK_MS, claim.atMs)
    const inPost = near.filter(({ messageId }) => isInDoubt || messageId === claim.messageId)
    // What is left of a storm whose other parts are refused says in its first line who is nearest.
    const { text = '' } = said.calls.find(({ messageId }) => messageId === claim.messageId) ?? {}
    const clientId = touches(truth.poisoned, claim.atMs, claim.atMs) && /nearest (\S+),/.exec(text)?.[1]
    if (!inPost.some(isOwed) && !(clientId && isOwed({ ...claim, clientId })))
      found(view, 'mention', claim.atMs, `called for what is not their own: ${claim.line}`)
  }
}

/** The second of two watchers has called for it, while the first one could not, and neither said since that it is over. */
function calledByOther(view: View, claim: Claim, tag: string): boolean {
  const { said, claims, client } = view
  const fromMs = writtenFrom(view, claim)
  const others = said.others.filter(
    (one) => one.chainId === claim.chainId && one.clientId === claim.clientId && one.atMs <= claim.atMs,
  )
  return others.some(
    (call) =>
      rankOf(call) >= rankOf(claim) &&
      call.tags.includes(tag) &&
      ![...claims, ...others].some(
        (one) => !isAlarm(one) && one.atMs >= call.atMs && one.atMs < claim.atMs - SLACK_MS,
      ) &&
      // Nor was it well, before the first one could not speak.
      !client.pieces.some(({ level, toMs }) => level === 'ok' && toMs > call.atMs && toMs <= fromMs),
  )
}

/** The bot's own account speaks where the webhook takes nothing, and for what is refused for what is in it: never for others. */
export function bypassed(view: View, claim: Claim): void {
  const { truth, said } = view
  if (claim.by !== 'bot' || touches([...truth.mute, ...truth.dead], claim.atMs - HELD_MS, claim.atMs)) return
  const together = said.claims.filter(({ messageId }) => messageId === claim.messageId)
  const isRefused = said.refused.some(
    ({ atMs, chainId, clientId }) =>
      atMs <= claim.atMs &&
      atMs >= claim.atMs - PATIENCE_MS - 2 * SLACK_MS &&
      together.some((one) => one.chainId === chainId && one.clientId === clientId),
  )
  if (!isRefused)
    found(view, 'late', claim.atMs, `by the own account, though the webhook works: ${claim.line}`)
}

/** While it lasts it is said again, not too often: critical each time when half of what was left has passed. */
export function reminded(view: View): void {
  const { claims, client, chain, truth, policy, endMs, judgement } = view
  for (const [i, claim] of claims.entries()) {
    if (!isAlarm(claim) || claim.memory || claim.level === 'expired' || claim.level === 'frozen') continue
    const next = claims[i + 1]
    const againMs = remindMs(claim)
    // What waited, for Discord or for what is in it, tells of another moment.
    const held = [...truth.mute, ...truth.dead, ...poisonOf(view)]
    const isHeld = touches(held, claim.atMs - HELD_MS, next?.atMs ?? claim.atMs)
    // Whoever has it is reminded when their time is over.
    if (acksOf(view).some(({ fromMs, toMs }) => fromMs <= (next?.atMs ?? endMs) && toMs >= claim.atMs))
      continue
    if (
      next?.again &&
      !next.escalated &&
      !next.memory &&
      !isHeld &&
      next.atMs < againMs - SLACK_MS &&
      /^\S+ still /.test(next.line)
    )
      found(view, 'doubled', next.atMs, `${next.line} — told ${time(claim.atMs)} already`)
    // What calls nobody is said once for each level.
    if (claim.level === 'overdue' || (chain.names && useAt(client, claim.atMs) !== 'mine')) continue
    const still = client.pieces.find((piece) => touches([piece], claim.atMs, claim.atMs))
    const pauses = [...truth.mute, ...chain.dark, ...poisonOf(view)]
    const byMs = tellBy(truth, againMs, 2 * SLACK_MS, pauses, claim.deadlineMs ?? Infinity)
    if (
      !still ||
      still.level === 'ok' ||
      still.toMs <= byMs ||
      endMs <= byMs ||
      useAt(client, byMs) === 'idle'
    )
      continue
    if (touches(chain.halted, claim.atMs, byMs)) continue
    judgement.due.push({ ...key(view), level: 'reminder', fromMs: againMs, byMs })
    if (next && next.atMs <= byMs) continue
    found(view, next ? 'late' : 'missed', againMs, `nothing more by ${time(byMs)} after ${claim.line}`)
  }

  function remindMs({ level, atMs, deadlineMs }: Claim): number {
    const dayMs = atMs + policy.remindEveryMs
    if (level !== 'critical' || deadlineMs === null) return dayMs
    return Math.min(dayMs, Math.max(deadlineMs - (deadlineMs - atMs) / 2, atMs + APART_MS))
  }
}

const key = ({ client: { chainId, clientId } }: View) => ({ chainId, clientId })

/** Nothing red stays red: the first message about what is over says so, too. */
export function marked(view: View): void {
  const { claims, truth, said, endMs } = view
  let first: Claim | null = null
  for (const claim of claims) {
    if (isAlarm(claim)) {
      first ??= claim
      continue
    }
    if (claim.level !== 'over') {
      first = null
      continue
    }
    const of = first
    first = null
    // What the bot's own account said stays as it is; of many the first and the last ones are marked.
    if (!of || rankOf(of) === 0 || of.messageId === null || of.by === 'bot') continue
    const byMs = afterPauses(claim.atMs, 10 * MINUTE_MS, [...truth.mute, ...truth.dead])
    // An edit that is refused is given up.
    if (byMs >= endMs || touches(truth.poisoned, of.atMs, byMs)) continue
    const isMarked = said.edits.some(
      ({ atMs, messageId, text }) =>
        messageId === of.messageId && atMs >= of.atMs && atMs <= byMs && /🟢|⚪/.test(text),
    )
    if (!isMarked) found(view, 'not marked', claim.atMs, `still stands there as it was: ${of.line}`)
  }
}
