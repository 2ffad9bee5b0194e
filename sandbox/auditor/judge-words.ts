// Whether the words of a line fit what was so: the time that is left, what a client tracks, what it was before (pure).

import type { Claim } from './said.ts'
import { momentIn, spanIn } from './said.ts'
import { touches } from './spans.ts'
import { type Piece, RANK } from './truth.ts'
import { found, pastSaving, type View, writtenFrom } from './view.ts'

const MINUTE_MS = 60_000
/** So long ago is what an endpoint tells of that tells of an hour ago. */
const OLD_MS = 60 * MINUTE_MS
const WAS =
  /\(was "?(warning|critical|expired|frozen|past its deadline by the clock|may have expired)"?, (\w{3} .+? UTC) to /

/** Each number and name of a line about a client is the right one. */
export function worded(view: View, claim: Claim): void {
  tracks(view, claim)
  timeLeft(view, claim)
  if (claim.level === 'over') before(view, claim)
  if (claim.memory) ofReading(view, claim)
}

function tracks(view: View, claim: Claim): void {
  const { client, truth } = view
  const said = /\(tracks (.+?)\)/.exec(claim.line)?.[1]
  const tracked = truth.chains.get(client.trackedChainId)
  if (said !== undefined && tracked && said !== tracked.name)
    found(view, 'false', claim.atMs, `${claim.line} — it tracks ${tracked.name}`)
}

/** "23 min left" is what was left when the line was written, rounded down. */
function timeLeft(view: View, claim: Claim): void {
  const { client, chain } = view
  const said = spanIn(claim.line, 'left')
  if (!said) return
  const { leastMs, unitMs } = said
  const fromMs = writtenFrom(view, claim)
  const fits = (deadlineMs: number, roundedMs: number) =>
    leastMs <= deadlineMs + roundedMs - fromMs && leastMs + unitMs >= deadlineMs - claim.atMs
  // That it is well was read of one endpoint, which may be the one that tells of an hour ago: less is left by that.
  const isOld = claim.level === 'over' && touches(chain.old, fromMs, claim.atMs)
  const isTrue =
    claim.deadlineMs !== null
      ? fits(claim.deadlineMs, MINUTE_MS)
      : client.pieces
          .filter((piece) => touches([piece], fromMs - (isOld ? OLD_MS : 0), claim.atMs))
          .some(({ lastUpdateMs }) => fits(lastUpdateMs + client.trustingPeriodMs, 0))
  if (!isTrue) found(view, 'false', claim.atMs, `${claim.line} — that much is not left`)
}

/** What it was before, and that it was lost is said where it was. */
function before(view: View, claim: Claim): void {
  const { client } = view
  const past = client.pieces.filter((piece) => piece.fromMs <= claim.atMs)
  const bad = (text: string) => found(view, 'false', claim.atMs, `${claim.line} — ${text}`)
  if (/ is active again/.test(claim.line) && !past.some(({ level }) => RANK[level] >= RANK.expired))
    bad('it was not past saving before')
  const now = past.filter((piece) => touches([piece], writtenFrom(view, claim), claim.atMs))
  const isOverdue = ({ level }: Piece) => level === 'overdue'
  if (/ but past its deadline by the clock/.test(claim.line) ? !now.some(isOverdue) : now.every(isOverdue))
    bad('whether it is past its deadline is not so')
  const was = WAS.exec(claim.line)
  if (!was) return
  const level = was[1]!
  if (level === 'frozen' && !past.some((one) => one.level === 'frozen')) bad('it was not frozen')
  if (level !== 'expired') return
  const sinceMs = momentIn(was[2]!, claim.atMs)!
  const ends = past.filter(pastSaving).map(({ lastUpdateMs }) => lastUpdateMs + client.trustingPeriodMs)
  if (!ends.some((endMs) => Math.abs(endMs - sinceMs) <= MINUTE_MS)) bad('it expired at another time')
}

/** "as of the reading 40 min ago": by what was so then it has this deadline. */
function ofReading(view: View, claim: Claim): void {
  const { client, chain } = view
  const said = spanIn(claim.line, 'ago')
  if (!said || claim.deadlineMs === null) return
  const { leastMs: agoMs, unitMs } = said
  const fromMs = writtenFrom(view, claim) - agoMs - unitMs - MINUTE_MS
  const toMs = claim.atMs - agoMs
  // It may have been read of an endpoint that tells of an hour ago.
  if (touches(chain.old, fromMs, toMs)) return
  const then = client.pieces.filter((piece) => touches([piece], fromMs, toMs))
  const fits = then.some(
    ({ lastUpdateMs }) => Math.abs(lastUpdateMs + client.trustingPeriodMs - claim.deadlineMs!) <= MINUTE_MS,
  )
  if (!fits) found(view, 'false', claim.atMs, `${claim.line} — by no reading of then`)
}
