// Who is woken, and who misses a dead bot: pages by what was due, and pings by what the bot could do (pure).
import type { Due, Judgement, Night, PageRequest, Policy } from './log.ts'
import { time } from './log.ts'
import { type Claim, saidOf } from './said.ts'
import { afterPauses, SLACK_MS, type Span, touches } from './spans.ts'
import { RANK, type TrueClient, type Truth, useAt } from './truth.ts'
import { acksOf, isAlarm, rankOf, tellBy, type View } from './view.ts'

const MINUTE_MS = 60_000
/** What cannot be done for longer than this stops the ping. */
const USELESS_MS = 10 * MINUTE_MS
/** What passed is forgotten after so long. */
const CALM_MS = 25 * MINUTE_MS
/** Whether Discord answers is asked through its library too, whose waits go by the machine's time, not the world's. */
const ASKED_MS = 3 * 60 * MINUTE_MS
/** What is wrong for so long is told instead of the ping. */
const TOLD_MS = 2 * MINUTE_MS
/** Pings come every five minutes. */
const PING_MS = 5 * MINUTE_MS + 90_000
/** A pager that failed is tried again within this. */
const AGAIN_MS = 11 * MINUTE_MS

/** `told`: in the channel. `dueAt`: what must have been told of a client, as for the channel; a page has its own way, and its own troubles. */
export function judgeNight(
  truth: Truth,
  { night, told }: { night: Night; told: readonly Claim[] },
  policy: Policy,
  endMs: number,
  judgement: Judgement,
  dueAt: (view: View, level: 'critical' | 'expired' | 'frozen') => void,
): void {
  const { off, unpaged } = truth
  const paged: Truth = { ...truth, mute: [...off, ...unpaged], deaf: unpaged, dead: [], poisoned: [] }
  const triggers = night.pages.filter(({ action }) => action === 'trigger')
  const said = saidOf(triggers.map(asPost), paged)
  const own: Judgement = { findings: [], due: [] }
  for (const client of truth.clients) {
    const chain = truth.chains.get(client.chainId)!
    // Whoever nobody is called for wakes nobody.
    if (chain.names && client.uses.every(({ use }) => use !== 'mine')) continue
    const about = `${client.chainId}/${client.clientId}`
    const claims = said.claims.filter((one) => isAbout(one, client))
    const view: View = { truth: paged, policy, endMs, chain, client, about, claims, said, judgement: own }
    const inChannel = told.filter((one) => isAbout(one, client))
    for (const level of ['critical', 'expired', 'frozen'] as const) {
      const mute = [...paged.mute, ...hadAt(view, inChannel, RANK[level])]
      dueAt({ ...view, truth: { ...paged, mute } }, level)
    }
  }
  for (const finding of own.findings) judgement.findings.push({ ...finding, text: `page: ${finding.text}` })
  judgement.due.push(...own.due.map((due): Due => ({ ...due, level: 'page' })))
  for (const { atMs, key, status } of night.pages)
    if (status === 400)
      judgement.findings.push({ kind: 'not understood', about: '', atMs, text: `page ${key} is refused` })
  // What had no answer may have arrived, and then belongs to the incident as well.
  const tried = triggers.map((page) => asPost({ ...page, accepted: page.accepted || page.status === 0 }))
  resolved(paged, night.pages, saidOf(tried, paged).claims, policy, endMs, judgement)
  pinged(truth, night.pings, endMs, judgement)
}

/** Whoever has it is not woken for it, nor anybody else, until it is worse than what they were told. */
const hadAt = (view: View, inChannel: readonly Claim[], rank: number): Span[] =>
  acksOf(view).flatMap(({ fromMs, toMs }, i, all) => {
    const last = inChannel.findLast(({ atMs }) => atMs <= fromMs)
    // What was asked and not answered may have been done, or not.
    const untilMs = Math.min(toMs, all.slice(i + 1).find(({ isTaken }) => isTaken)?.fromMs ?? Infinity)
    return last && rankOf(last) >= rank && untilMs > fromMs ? [{ fromMs, toMs: untilMs }] : []
  })

const isAbout = (claim: Pick<Claim, 'chainId' | 'clientId'>, client: TrueClient) =>
  claim.chainId === client.chainId && claim.clientId === client.clientId

/** A page as a post of its lines. */
const asPost = ({ atMs, key, lines, accepted, status }: PageRequest) => ({
  atMs,
  method: 'POST' as const,
  by: 'webhook' as const,
  status,
  accepted,
  messageId: key,
  content: lines.join('\n'),
  embeds: [],
})

/** An incident in which all is well for a while is resolved. */
function resolved(
  truth: Truth,
  pages: readonly PageRequest[],
  claims: readonly Claim[],
  policy: Policy,
  endMs: number,
  judgement: Judgement,
): void {
  for (const key of new Set(pages.map((one) => one.key))) {
    const taken = pages.filter((one) => one.key === key && one.accepted)
    const last = taken.findLast(({ action }) => action === 'trigger')
    if (!last) continue
    // Reminders belong to the incident, and name some of it alone.
    const beganMs = taken.findLast((one) => one.action === 'resolve' && one.atMs < last.atMs)?.atMs ?? 0
    const of = claims.filter((one) => one.messageId === key && one.atMs > beganMs && isAlarm(one))
    const clients = truth.clients.filter((client) => of.some((claim) => isAbout(claim, client)))
    if (clients.length === 0) continue
    const chains = clients.map(({ chainId }) => truth.chains.get(chainId)!)
    const pauses = [...truth.mute, ...chains.flatMap(({ dark, old }) => [...dark, ...old])]
    const isWell = (client: TrueClient, atMs: number) =>
      useAt(client, atMs) === 'idle' ||
      client.pieces.some((one) => one.level === 'ok' && touches([one], atMs, atMs))
    const starts = clients.flatMap(({ pieces, uses }) => [...pieces, ...uses].map(({ fromMs }) => fromMs))
    const changes = [...starts, endMs].filter((atMs) => atMs > last.atMs).sort((a, b) => a - b)
    const wellMs = changes.find((atMs) => {
      const byMs = byOf(atMs)
      return (
        byMs < endMs &&
        changes
          .filter((one) => one >= atMs && one <= byMs)
          .every((one) => clients.every((client) => isWell(client, one)))
      )
    })
    if (wellMs === undefined) continue
    const byMs = byOf(wellMs)
    if (taken.some(({ action, atMs }) => action === 'resolve' && atMs >= last.atMs && atMs <= byMs)) continue
    const text = `page ${key} is open at ${time(byMs)}, all well since ${time(wellMs)}: ${last.lines[0]}`
    judgement.findings.push({ kind: 'not ended', about: '', atMs: wellMs, text })

    function byOf(atMs: number) {
      const knownMs = tellBy(truth, atMs, policy.sweepEveryMs + 2 * SLACK_MS, pauses)
      return touches(truth.deaf, atMs, knownMs) ? afterPauses(knownMs, AGAIN_MS, truth.mute) : knownMs
    }
  }
}

/** The ping goes while all is well, and does not where the bot is of no use. */
function pinged(truth: Truth, pings: Night['pings'], endMs: number, judgement: Judgement): void {
  const ups = pings.filter(({ what }) => what === 'up').map(({ atMs }) => atMs)
  for (const span of useless(truth, judgement.due)) {
    const atMs = ups.find((one) => one > span.fromMs && one < span.toMs)
    if (atMs === undefined) continue
    const text = `a ping, though nothing could be kept or told since ${time(span.fromMs - USELESS_MS)}`
    judgement.findings.push({ kind: 'false', about: '', atMs, text })
  }
  const chains = [...truth.chains.values()].flatMap(({ troubled, halted }) => [...troubled, ...halted])
  // A full disk may take all that there is to write. Where it does not, that is told.
  const full = truth.full.map(({ fromMs, toMs }) => {
    const isTold = pings.some(({ what, atMs }) => what === 'fail' && atMs > fromMs && atMs <= toMs)
    return { fromMs: isTold ? fromMs : Math.max(fromMs, toMs - TOLD_MS), toMs }
  })
  const troubles = [
    ...truth.off,
    ...[...truth.deaf, ...truth.dead].map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + ASKED_MS })),
    ...truth.poisoned,
    ...truth.unwritten,
    ...full,
    ...truth.unpaged,
    ...truth.hurt,
    ...chains,
  ]
  const beginMs = Math.min(...truth.clients.flatMap(({ pieces }) => pieces.map(({ fromMs }) => fromMs)))
  for (let atMs = beginMs + CALM_MS; atMs + PING_MS < endMs; atMs += MINUTE_MS) {
    if (touches(troubles, atMs - CALM_MS, atMs + PING_MS)) continue
    if (ups.some((one) => one >= atMs && one <= atMs + PING_MS)) continue
    judgement.findings.push({ kind: 'missed', about: '', atMs, text: 'no ping, though all is well' })
    return
  }
}

/** When the ping must have stopped: the disk takes nothing, or something waits for Discord, for more than ten minutes. */
function useless(truth: Truth, due: readonly Due[]): Span[] {
  const waits = truth.refusing.flatMap(({ fromMs, toMs }) => {
    const first = due.filter((one) => one.level !== 'page' && one.fromMs >= fromMs).map((one) => one.fromMs)
    return first.length === 0 ? [] : [{ fromMs: Math.min(...first) + 2 * MINUTE_MS, toMs }]
  })
  return [...truth.unwritten, ...waits]
    .map(({ fromMs, toMs }) => ({ fromMs: fromMs + USELESS_MS + MINUTE_MS, toMs }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
}
