// Whether what was told from memory is told again when it can be seen: as seen, or as over (pure).
import { time } from './log.ts'
import { touches } from './spans.ts'
import { RANK, useAt } from './truth.ts'
import { acksOf, found, isAlarm, newsBy, readWithinMs, type View } from './view.ts'

/** Whoever was told by an old reading that a client is in danger, or lost, hears that it is so. */
export function confirmed(view: View): void {
  const { claims, client, chain, truth, endMs } = view
  for (const [i, claim] of claims.entries()) {
    // A reminder says nothing new.
    if (!claim.memory || !isAlarm(claim) || claim.again) continue
    const pauses = [...truth.mute, ...truth.unwritten, ...chain.dark, ...chain.old]
    const byMs = newsBy(view, claim.atMs, readWithinMs(view, claim.atMs), pauses)
    const meanwhile = client.pieces.filter((piece) => touches([piece], claim.atMs, byMs))
    const isUsed = [claim.atMs, byMs].every((atMs) => useAt(client, atMs) !== 'idle')
    if (acksOf(view).some((ack) => touches([ack], claim.atMs, byMs))) continue
    if (endMs <= byMs || !isUsed || meanwhile.some(({ level }) => RANK[level] === 0)) continue
    if (claims.slice(i + 1).some(({ memory, atMs }) => !memory && atMs <= byMs)) continue
    const text = `it is ${meanwhile.at(-1)!.level}; not seen by ${time(byMs)}, from memory: ${claim.line}`
    found(view, 'missed', claim.atMs, text)
  }
}
