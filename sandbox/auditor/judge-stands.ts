// Whether what was said last still holds: an alarm that stands is ended, an end that stands while it lasts is taken back (pure).
import { time } from './log.ts'
import type { Claim } from './said.ts'
import { afterPauses, SLACK_MS, touches } from './spans.ts'
import { type Piece, RANK, useAt } from './truth.ts'
import { found, isAlarm, pastSaving, poisonOf, rankOf, saidSince, tellBy, type View } from './view.ts'

/** Whatever the order in which things came: what stands last is what is so, after a while. */
export function stands(view: View): void {
  const { claims, client, chain, truth, policy, endMs } = view
  for (const [i, claim] of claims.entries()) {
    const untilMs = claims[i + 1]?.atMs ?? Infinity
    const pauses = [...truth.mute, ...chain.dark, ...chain.old, ...chain.halted, ...poisonOf(view)]
    const byMs = tellBy(truth, claim.atMs, policy.sweepEveryMs + SLACK_MS, pauses)
    if (untilMs <= byMs || endMs <= byMs) continue
    const meanwhile = client.pieces.filter((piece) => touches([piece], claim.atMs, byMs))
    const isIdle = useAt(client, claim.atMs) === 'idle' || useAt(client, byMs) === 'idle'
    if (isAlarm(claim) && meanwhile.every(({ level }) => level === 'ok'))
      found(view, 'not ended', claim.atMs, `by ${time(byMs)} nothing more after ${claim.line}`)
    if (claim.level === 'over' && !isIdle && meanwhile.every(({ level }) => RANK[level] > 0))
      found(
        view,
        'missed',
        claim.atMs,
        `it was ${meanwhile[0]!.level}; by ${time(byMs)} nothing more after ${claim.line}`,
      )
  }
}

/** What was lost when the bot first looked is no alarm. */
export function firstLook(view: View, claim: Claim): void {
  const [first, ...later] = view.client.pieces
  if (!first || !pastSaving(first) || !isAlarm(claim) || claim.again) return
  const end = later.find(({ level }) => level !== first.level)
  if (claim.level === first.level && (!end || claim.atMs < end.fromMs))
    found(view, 'false', claim.atMs, `${claim.line} — so it was when the bot first looked`)
}

/** A message is marked as over when what it tells of is. */
export function markedTruly(view: View): void {
  const { claims, said, client, truth } = view
  for (const claim of claims) {
    if (!isAlarm(claim) || claim.messageId === null || claim.memory) continue
    for (const edit of said.edits.filter(({ messageId }) => messageId === claim.messageId)) {
      if (!edit.text.startsWith('🟢 over: ')) continue
      const fromMs = saidSince(truth, edit.atMs) - SLACK_MS
      const now = client.pieces.filter((piece) => touches([piece], fromMs, edit.atMs))
      const isBetter = now.some(({ level }) => RANK[level] < rankOf(claim) || RANK[level] < RANK.warning)
      const isOther = claims.some(
        (one) => one.level === 'over' && one.atMs >= claim.atMs && one.atMs <= edit.atMs,
      )
      if (!isBetter && !isOther)
        found(view, 'false', edit.atMs, `marked as over while it lasts: ${claim.line}`)
    }
  }
}

/** Nobody is alarmed of what has been over for long, as whoever looked could see: late news is no alarm. */
export function stale(view: View, claim: Claim): void {
  const { client, chain, truth, policy } = view
  if (!isAlarm(claim) || claim.memory) return
  const fromMs = claim.atMs - policy.sweepEveryMs - 3 * SLACK_MS
  const unseen = [...truth.off, ...truth.unwritten, ...chain.troubled, ...chain.halted]
  const since = client.pieces.filter((piece) => touches([piece], fromMs, claim.atMs))
  if (!touches(unseen, fromMs, claim.atMs) && since.every(({ level }) => level === 'ok'))
    found(view, 'false', claim.atMs, `it had been over for long: ${claim.line}`)
}

/** What was lost, and told so, came back and was lost again while nobody could look: what stands there is so. */
export function relapsed({ client, claims, chain, truth, policy }: View, run: readonly Piece[]): boolean {
  const again = run.find(pastSaving)
  const before = client.pieces.findLast((piece) => piece.toMs <= run[0]!.fromMs && pastSaving(piece))
  if (!again || !before) return false
  const unread = [...truth.off, ...chain.dark, ...chain.old]
  if (afterPauses(before.toMs, policy.sweepEveryMs + SLACK_MS, unread) < again.fromMs) return false
  const last = claims.findLast(({ atMs }) => atMs < again.fromMs)
  return last !== undefined && last.level === again.level && !last.memory
}
