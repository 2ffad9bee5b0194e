// Holds what was said against what was true: what is due has an interval in which it must come, all else must be permitted (pure).

import { judgeChain } from './judge-chain.ts'
import { type Judgement, type Policy, time } from './log.ts'
import type { Claim, Said } from './said.ts'
import { afterPauses, beforePauses, SLACK_MS, touches } from './spans.ts'
import { type Level, type Piece, RANK, type TrueChain, type TrueClient, type Truth } from './truth.ts'

/** Judges a transcript by the world that it is about, up to `endMs`. */
export function judge(truth: Truth, said: Said, policy: Policy, endMs: number): Judgement {
  const judgement: Judgement = { findings: [], due: [] }
  for (const client of truth.clients) {
    const about = `${client.chainId}/${client.clientId}`
    const claims = said.claims.filter(
      (one) => one.chainId === client.chainId && one.clientId === client.clientId,
    )
    const chain = truth.chains.get(client.chainId)!
    const view: View = { truth, policy, endMs, chain, client, about, claims, judgement }
    if (client.use !== 'idle') {
      for (const level of ['warning', 'critical', 'expired', 'frozen'] as const) dueAt(view, level)
      endings(view)
    }
    for (const claim of claims) {
      permitted(view, claim)
      advice(view, claim)
    }
    doubled(view)
  }
  for (const chain of truth.chains.values()) judgeChain(chain, truth, said, policy, endMs, judgement)
  for (const { atMs, line } of said.unread) {
    judgement.findings.push({ kind: 'not understood', about: '', atMs, text: line })
  }
  return judgement
}

interface View {
  truth: Truth
  policy: Policy
  endMs: number
  chain: TrueChain
  client: TrueClient
  about: string
  /** About this client, in the order in which they were posted. */
  claims: Claim[]
  judgement: Judgement
}

const isAlarm = (claim: Claim): claim is Claim & { level: Level } =>
  claim.level in RANK && claim.level !== 'ok'
const rankOf = (claim: Claim) => (isAlarm(claim) ? RANK[claim.level] : 0)

/** The longest spans in which a client was at least as bad as `rank`, each with its pieces. */
function runs({ pieces }: TrueClient, rank: number): Piece[][] {
  const all: Piece[][] = []
  let open: Piece[] | null = null
  for (const piece of pieces) {
    if (RANK[piece.level] < rank) open = null
    else if (open) open.push(piece)
    else {
      open = [piece]
      all.push(open)
    }
  }
  return all
}

/** Whoever is in danger is told of, in time. */
function dueAt(view: View, level: 'warning' | 'critical' | 'expired' | 'frozen'): void {
  const { client, chain, claims, judgement, endMs, about } = view
  const rank = RANK[level]
  for (const run of runs(client, rank)) {
    const { fromMs } = run[0]!
    const toMs = run.at(-1)!.toMs
    // The first look is quiet about the past.
    if (run[0] === client.pieces[0] && rank >= RANK.expired) continue
    const byMs = dueBy(view, run[0]!)
    if (byMs >= Math.min(toMs, endMs)) continue
    judgement.due.push({ chainId: client.chainId, clientId: client.clientId, level, fromMs, byMs })
    const enough = (claim: Claim) =>
      rankOf(claim) >= rank || (claim.memory && rank <= RANK.expired && isAlarm(claim))
    const told = claims.find(
      (claim) => enough(claim) && claim.atMs >= fromMs && claim.atMs <= toMs + SLACK_MS,
    )
    if (told && told.atMs <= byMs) continue
    const dark = touches(chain.dark, fromMs, byMs) ? ', its chain dark' : ''
    const when = `${level} from ${time(fromMs)}, due by ${time(byMs)}${dark}, over ${time(toMs)}`
    judgement.findings.push({
      kind: told ? 'late' : 'missed',
      about,
      atMs: fromMs,
      text: `${when}; told ${told ? `${time(told.atMs)}: ${told.line}` : 'never'}`,
    })
  }
}

/** Until when a rise must have been told: what the clock brings at once, what only a reading shows with the next sweep. */
function dueBy({ chain, client, truth, policy }: View, { fromMs, level, lastUpdateMs }: Piece): number {
  const byClock = level === 'warning' || level === 'critical' || level === 'overdue' || level === 'expired'
  const afterHalt = level === 'expired' && chain.halted.some(({ toMs }) => toMs === fromMs)
  const seenMs = Math.max(client.pieces[0]!.fromMs, lastUpdateMs) + policy.sweepEveryMs + SLACK_MS
  const dark = chain.dark.find((span) => span.fromMs <= fromMs && fromMs < span.toMs)
  // While the chain is dark its clock goes on, for what was read before.
  const known = byClock && !afterHalt && (dark === undefined || seenMs < dark.fromMs)
  if (known && seenMs < fromMs) return afterPauses(fromMs, SLACK_MS + 2 * chain.blockMs, truth.mute)
  return afterPauses(fromMs, policy.sweepEveryMs + SLACK_MS, [...truth.mute, ...chain.dark])
}

/** When it is over, that is said too. */
function endings({ client, claims, chain, truth, policy, endMs, about, judgement }: View): void {
  for (const [i, piece] of client.pieces.entries()) {
    const before = client.pieces[i - 1]
    if (piece.level !== 'ok' || !before || before.level === 'ok') continue
    const last = claims.findLast(({ atMs }) => atMs < piece.fromMs)
    if (!last || !isAlarm(last)) continue
    const byMs = afterPauses(piece.fromMs, policy.sweepEveryMs + SLACK_MS, [...truth.mute, ...chain.dark])
    if (byMs >= Math.min(endMs, piece.toMs)) continue
    const { chainId, clientId } = client
    judgement.due.push({ chainId, clientId, level: 'over', fromMs: piece.fromMs, byMs })
    if (claims.some(({ atMs, level }) => level === 'over' && atMs >= piece.fromMs && atMs <= byMs)) continue
    const text = `well from ${time(piece.fromMs)}, due by ${time(byMs)}; last told: ${last.line}`
    judgement.findings.push({ kind: 'not ended', about, atMs: piece.fromMs, text })
  }
}

/** What is claimed was so, a moment ago at the most; what is marked as an old reading was so by it. */
function permitted({ client, chain, truth, policy, about, judgement }: View, claim: Claim): void {
  const fromMs = beforePauses(claim.atMs, SLACK_MS, truth.mute)
  const now = client.pieces.filter((piece) => touches([piece], fromMs, claim.atMs))
  const isTrue = claim.memory
    ? touches(chain.troubled, fromMs - policy.sweepEveryMs, claim.atMs) && byOldReading()
    : claim.level === 'over'
      ? now.some(({ level }) => level === 'ok' || level === 'warning')
      : claim.level === 'withdrawn' ||
        now.some(({ level }) => RANK[level] >= rankOf(claim) && isSaid(claim.level as Level, level))
  if (isTrue) return
  const was = now.map(({ level, lastUpdateMs }) => `${level} (updated ${time(lastUpdateMs)})`).join(', ')
  judgement.findings.push({ kind: 'false', about, atMs: claim.atMs, text: `${claim.line} — it was ${was}` })

  /** By some update that the bot may have read last. */
  function byOldReading(): boolean {
    const dark = chain.troubled.findLast((span) => span.fromMs <= claim.atMs)
    const sinceMs = (dark?.fromMs ?? claim.atMs) - policy.sweepEveryMs - SLACK_MS
    return client.pieces.some(
      ({ lastUpdateMs, toMs }) =>
        toMs > sinceMs &&
        levelByClock(client, lastUpdateMs, policy, claim.atMs) >= Math.min(3, rankOf(claim)),
    )
  }
}

/** A word that is graver in kind is not covered by a higher rank: nobody is past saving who is not. */
function isSaid(claimed: Level, level: Level): boolean {
  if (claimed === 'expired') return level === 'expired'
  if (claimed === 'overdue') return level === 'overdue' || level === 'expired'
  return true
}

function levelByClock(
  { trustingPeriodMs }: TrueClient,
  lastUpdateMs: number,
  policy: Policy,
  atMs: number,
): number {
  const share = (atMs - lastUpdateMs) / trustingPeriodMs
  const leftMs = lastUpdateMs + trustingPeriodMs - atMs
  if (leftMs <= 0) return 3
  if (share >= policy.criticalAt) return 2
  const byTime = trustingPeriodMs >= 4 * policy.warnWhenLeftMs && leftMs <= policy.warnWhenLeftMs
  return share >= policy.warnAt || byTime ? 1 : 0
}

/** One thing is told once: again only when it was over, or by a line that says so. */
function doubled({ claims, client, about, judgement }: View): void {
  for (const [i, claim] of claims.entries()) {
    if (claim.again || !isAlarm(claim)) continue
    const before = claims
      .slice(0, i)
      .findLast((one) => one.level === claim.level && one.memory === claim.memory && !one.again)
    if (!before) continue
    const between = client.pieces.filter((piece) => touches([piece], before.atMs, claim.atMs))
    const wasOver =
      between.some(({ level }) => RANK[level] < rankOf(claim)) ||
      claims.some((one) => !isAlarm(one) && one.atMs >= before.atMs && one.atMs <= claim.atMs)
    if (wasOver) continue
    const text = `${claim.line} — told ${time(before.atMs)} already`
    judgement.findings.push({ kind: 'doubled', about, atMs: claim.atMs, text })
  }
}

/** The command that stands below a claim would have worked, and there is one where one helps. */
function advice({ client, chain, about, judgement }: View, claim: Claim): void {
  if (!isAlarm(claim) || claim.again) return
  const own = claim.commands.filter(
    ({ chainId, clientId }) => chainId === client.chainId && clientId === client.clientId,
  )
  const now = client.pieces.find((piece) => touches([piece], claim.atMs, claim.atMs))
  const works = now && RANK[now.level] < RANK.expired && !touches(chain.halted, claim.atMs, claim.atMs)
  const finding = (text: string) =>
    judgement.findings.push({ kind: 'bad advice', about, atMs: claim.atMs, text: `${text}: ${claim.line}` })
  if (claim.level === 'expired' || claim.level === 'frozen') {
    if (own.length > 0 && !claim.memory) finding('an update is refused')
  } else if (own.length === 0) {
    // A storm names the first ten.
    if (claim.commands.length === 0) finding('no command')
  } else if (
    !works &&
    own.every(({ height }) => height === null) &&
    !claim.memory &&
    now?.level !== 'expired'
  ) {
    finding('no update gets in without a height from before')
  }
}
