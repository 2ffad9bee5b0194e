// An alert about one client in words (pure): the line that a lock screen shows, and the embed with what mends it.
import { isAgain, isAlarm } from '../alerts/life.ts'
import { oneLiner } from '../alerts/outbox/commit.ts'
import type { Message, Notice } from '../alerts/types.ts'
import type { Directory } from '../chains/directory.ts'
import type { KnownBlock } from '../cosmos/endpoint-health.ts'
import type { Embed } from '../discord/command.ts'
import { formatDuration } from '../kernel/duration.ts'
import { msToNs, nsToMs } from '../kernel/nanotime.ts'
import { COLOUR, SIGN } from '../words/levels.ts'
import { grouped, percent } from '../words/numbers.ts'
import { code, label } from '../words/text.ts'
import { ago, at, clockUtc, left, period, utc } from '../words/time.ts'
import { ABSENT } from './assess.ts'
import { type ChannelsKnown, channelWords } from './channels.ts'
import { CLAIM_WORDS, type Claim, claimOf, type HostView, isLost, updateVerdict } from './claim.ts'
import { clientIdentity, unseenIdentity } from './identity.ts'
import { isTooLate, recoverAdvice, updateAdvice } from './mend.ts'
import { type OtherEnd, otherEndWords } from './other-end.ts'
import type { ClientRow } from './types.ts'
import { clientLabel, expiresMs, noDeadline } from './words.ts'

export interface ClientContext {
  nowMs: number
  directory: Directory
  /** Share of the trusting period since the last update, as it was judged; null: not known, or not told. */
  elapsedShare: number | null
  /** When the client was read, where that was the last time that it could be read, Unix ms; null: just now. */
  asOfMs: number | null
  /** The host chain makes no blocks; null: it does. */
  hostHalted: { lastHeight: bigint; lastBlockMs: number } | null
  /** How its channels are known; left out: by the last sweep. */
  channels?: ChannelsKnown
  /** The client at the other end of a connection; null: there is none, or it is not watched. */
  otherEnd: OtherEnd
  /** What is known of the chain that stores the other end; left out: nothing. */
  otherEndHost?: HostView | null
  /** The newest known block of the tracked chain; left out: it is not known. */
  trackedBlock?: KnownBlock | null
  /** The last block of a chain from before a moment (Unix nanoseconds) that was seen. */
  blockBefore?: (chainId: string, ns: bigint) => KnownBlock | null
  /** Major version of ibc-go on the host chain; null: not known. */
  ibcGoMajor: number | null
  /** What is wrong with the host's endpoints, in words; for readings that are old. */
  endpoints: string | null
  /** How a command is typed, such as `$data`; left out: with `$`. */
  show?: (command: string) => string
}

const typed = (command: string) => `$${command}`

/** Puts a notice about a client into words. The headline holds neither a mention nor a line break. */
export function clientMessage(row: ClientRow, notice: Notice, context: ClientContext): Message {
  const { directory, show = typed } = context
  return {
    ...oneLiner(clientIdentity(row.chainId, row.clientId), notice, headline(row, notice, context)),
    group: directory.label(row.chainId),
    embed: isAlarm(notice) ? alarmEmbed(row, notice, context) : null,
    subject: label(row.clientId),
    deadlineMs: expiresMs(row),
    openSinceMs: row.lastUpdateNs === null ? null : nsToMs(row.lastUpdateNs),
    hint: show(`data ${label(row.chainId)}`),
  }
}

/** What is told of a client that is past its deadline, or frozen; null where it is not. */
function claimToTell(row: ClientRow, { level }: Notice, { asOfMs, nowMs }: ClientContext): Claim | null {
  if (level !== 'expired' && level !== 'frozen') return null
  return claimOf(row, asOfMs === null ? 'clock' : 'memory', nowMs) ?? level
}

function headline(row: ClientRow, notice: Notice, context: ClientContext): string {
  const who = clientLabel(row, context.directory)
  switch (notice.kind) {
    case 'resolved':
    case 'recovered':
      return overLine(who, row, notice, context)
    case 'withdrawn':
      return `⚪ withdrawn: ${who} is no longer one of the clients that alerts are about; it ${stillWords(row, notice)}${leftWords(row, context)}`
    case 'quiet':
      return `${levelWord(row, notice)} already when I first looked: ${who}, no alarm`
    default:
      return alarmLine(who, row, notice, context)
  }
}

function alarmLine(who: string, row: ClientRow, notice: Notice, context: ClientContext): string {
  const { nowMs, asOfMs } = context
  const deadlineMs = expiresMs(row)
  const again = isAgain(notice) ? 'still ' : ''
  const seenNow = notice.kind === 'confirmed' && notice.fromBasis === 'memory' ? ', seen now' : ''
  if (asOfMs !== null && deadlineMs !== null && notice.level !== 'frozen') {
    const when = utc(deadlineMs, nowMs)
    const reading = `as of the reading ${formatDuration(nowMs - asOfMs)} ago`
    return deadlineMs > nowMs
      ? `⚫ ${again}${left(deadlineMs, nowMs)} left: ${who} may expire ${when}, ${reading}`
      : `⚫ ${again}MAY HAVE EXPIRED ${when}: ${who}, ${reading}`
  }
  const claim = claimToTell(row, notice, context)
  if (claim !== null) {
    const lastNs = lastBlockNs(row, context)
    const since = clockUtc(nsToMs(lastNs), nowMs)
    const words = { since, type: label(row.clientType), isTooLate: isTooLate(row, lastNs, nowMs) }
    const verdict = updateVerdict(claim, words)
    // The chain judges with its own block time.
    if (claim === 'by-the-clock')
      return `${SIGN.expired} ${again}OVERDUE${seenNow}: ${who} is past its deadline by the clock; ${verdict}`
    const sign = claim === 'expired' ? SIGN.expired : SIGN.frozen
    return `${sign} ${again}${claim.toUpperCase()}${seenNow}: ${who}. ${verdict}`
  }
  const sign = SIGN[notice.level === 'critical' ? 'critical' : 'warning']
  if (deadlineMs === null) return `${sign} ${again}${notice.level}${seenNow}: ${who}`
  const time = `${left(deadlineMs, nowMs)} left${seenNow}`
  const first = isAgain(notice) ? `still not updated, ${time}` : time
  return `${sign} ${first}: ${who}, expires ${utc(deadlineMs, nowMs)}`
}

/** Time of the host chain's newest block, Unix nanoseconds. */
const lastBlockNs = (row: ClientRow, { hostHalted }: ClientContext) =>
  hostHalted ? msToNs(hostHalted.lastBlockMs) : (row.hostTimeNs ?? 0n)

/** "🟢 over: Osmosis 07-tendermint-1 (tracks Cosmos Hub) was updated, 13 d left (was critical, from … to …)" */
function overLine(who: string, row: ClientRow, notice: Notice, context: ClientContext): string {
  const { nowMs } = context
  const { fromMs = notice.raisedMs } = notice
  const until = clockUtc(nowMs, fromMs)
  const updated = row.lastUpdateNs !== null && nsToMs(row.lastUpdateNs) >= notice.raisedMs
  const what =
    notice.kind === 'recovered' ? 'is active again' : updated ? 'was updated' : 'is out of danger again'
  const was = notice.from === 'ok' ? '' : `was ${levelBefore(notice)}, `
  // Not lost any more, and in danger all the same: on a chain that makes no blocks.
  const now = notice.level === 'expired' ? `, but ${CLAIM_WORDS['by-the-clock']}` : leftWords(row, context)
  return `${SIGN.ok} over: ${who} ${what}${now} (${was}${utc(fromMs, nowMs)} to ${until})`
}

/** What was told before: never more than what it rested on. */
function levelBefore({ from, fromBasis }: Notice): string {
  if (from !== 'expired' || fromBasis === undefined || fromBasis === 'seen') return from
  return fromBasis === 'memory' ? `"${CLAIM_WORDS['from-memory']}"` : CLAIM_WORDS['by-the-clock']
}

function leftWords(row: ClientRow, { nowMs }: ClientContext): string {
  const deadlineMs = expiresMs(row)
  return deadlineMs === null || deadlineMs <= nowMs ? '' : `, ${left(deadlineMs, nowMs)} left`
}

function stillWords(row: ClientRow, notice: Notice): string {
  if (notice.level === 'expired' && notice.basis === 'memory') return CLAIM_WORDS['from-memory']
  if (notice.level === 'expired' && notice.basis === 'clock') return `is ${CLAIM_WORDS['by-the-clock']}`
  return `is still ${levelWord(row, notice)}`
}

function levelWord(row: ClientRow, { level }: Notice): string {
  return row.status === 'unauthorized' && level === 'frozen' ? 'unauthorized' : level
}

function alarmEmbed(row: ClientRow, notice: Notice, context: ClientContext): Embed {
  const claim = claimToTell(row, notice, context)
  const severity = claim !== null || notice.level === 'critical' ? notice.level : 'warning'
  const lines = [
    asOfLine(context),
    claim === null ? dangerLine(row, context) : pastSavingLine(row, claim, context),
    haltedLine(row, context),
    isLost(claim)
      ? recoverLines(row, claim!, context)
      : updateAdvice(row, haltOf(row, claim, context), context.nowMs),
  ]
  return {
    title: clientLabel(row, context.directory),
    description: lines.filter(Boolean).join('\n'),
    color: context.asOfMs !== null ? COLOUR.blind : COLOUR[severity as 'warning'],
  }
}

/** "Expires in 3 days · 80 % of 14 d used · last update 11 days ago · 3 open channels · other end: 9 d left" */
function dangerLine(row: ClientRow, context: ClientContext): string {
  const { nowMs, elapsedShare: share } = context
  const deadlineMs = expiresMs(row)
  return join([
    deadlineMs === null
      ? null
      : deadlineMs > nowMs
        ? `Expires ${ago(deadlineMs)}`
        : `Deadline was ${ago(deadlineMs)}`,
    share === null || row.trustingPeriodNs === null
      ? null
      : `${percent(share)} of ${period(row.trustingPeriodNs)} used`,
    row.lastUpdateNs === null ? null : `last update ${ago(nsToMs(row.lastUpdateNs))}`,
    channelWords(row, context.channels, 'count'),
    otherEndWords(row, context.otherEnd, otherEndNow(context), 'short'),
  ])
}

/** "By osmosis-1's block time · stuck: channel-0, channel-4 · other end active, 9 d left: keep it updated" */
function pastSavingLine(row: ClientRow, claim: Claim, context: ClientContext): string {
  const deadlineMs = expiresMs(row)
  const host = label(row.chainId)
  const why = {
    unauthorized: `The type ${code(row.clientType, 40)} is not in ${host}'s \`allowed_clients\``,
    frozen: 'Frozen',
    expired: `By ${host}'s block time`,
    'by-the-clock': `By the clock; ${host} has made no block since`,
    'from-memory': 'By the clock',
  }[claim]
  return join([
    deadlineMs === null ? why : `${why}, ${ago(deadlineMs)}`,
    row.rule === 'ask' ? noDeadline(row) : null,
    row.status === 'expired' && row.absent ? ABSENT[row.absent] : null,
    channelWords(row, context.channels, 'stuck'),
    otherEndWords(row, context.otherEnd, otherEndNow(context), 'long'),
  ])
}

const otherEndNow = ({ nowMs, directory, otherEndHost = null }: ClientContext) => ({
  nowMs,
  directory,
  host: otherEndHost,
})

/** "As of the reading 3 h ago; updates since then are invisible to me · lcd-a time-out, lcd-b 502" */
function asOfLine({ asOfMs, endpoints }: ClientContext): string | null {
  if (asOfMs === null) return null
  return join([
    `As of the reading ${ago(asOfMs)}; updates since then are invisible to me`,
    endpoints ? label(endpoints, 200) : null,
  ])
}

function haltedLine(row: ClientRow, { hostHalted, directory }: ClientContext): string | null {
  if (!hostHalted) return null
  const host = directory.label(row.chainId)
  return `${SIGN.halted} ${host} is halted (last block ${grouped(hostHalted.lastHeight)} ${at(hostHalted.lastBlockMs)}): no update gets in until it goes on.`
}

/** The host makes no blocks: an update that is to help needs a header from before. */
function haltOf(row: ClientRow, claim: Claim | null, context: ClientContext) {
  if (claim !== 'by-the-clock' && (!context.hostHalted || context.asOfMs !== null)) return null
  const [ns, of] = [lastBlockNs(row, context), row.trackedChainId]
  const before = of === null ? null : context.blockBefore?.(of, ns)
  return { lastBlockNs: ns, tracked: context.trackedBlock ?? null, before }
}

function recoverLines(row: ClientRow, claim: Claim, { ibcGoMajor, directory }: ClientContext): string {
  const host = directory.label(row.chainId)
  if (claim === 'unauthorized') {
    return `No update helps: governance on ${host} has to allow the type again (a change of the client module's parameters).`
  }
  const advice = recoverAdvice(ibcGoMajor, directory.get(row.chainId)?.daemonName, row.clientId)
  return `Governance on ${host} can recover it:\n${advice}`
}

const join = (parts: (string | null)[]) => parts.filter(Boolean).join(' · ')

/**
 * One client that cannot be read although its chain can: "⚫ UNSEEN 2 h: Osmosis 07-tendermint-1 (tracks Cosmos Hub)
 * cannot be read. By its last reading it expires Sun 22 Nov 22:04 UTC". `cause` is an upstream's text.
 */
export function unseenClientMessage(
  row: ClientRow,
  notice: Notice,
  context: Pick<ClientContext, 'nowMs' | 'directory'> & { cause: string },
): Message {
  const { nowMs, directory, cause } = context
  const who = clientLabel(row, directory)
  const sinceMs = row.unseenSinceMs ?? notice.raisedMs
  const deadlineMs = expiresMs(row)
  const lost = claimOf(row, 'memory', nowMs)
  const deadline =
    row.readMs === null
      ? 'It was never read'
      : isLost(lost)
        ? `By its last reading it is ${lost}`
        : deadlineMs === null
          ? `By its last reading it is active; ${noDeadline(row)}`
          : `By its last reading it ${lost ? 'may have expired' : 'expires'} ${utc(deadlineMs, nowMs)}`
  const again = isAgain(notice) ? 'still ' : ''
  const alarm = isAlarm(notice)
  const lines = [
    `${code(cause, 300)}`,
    row.readMs === null ? null : `Last reading ${ago(row.readMs)}; updates since then are invisible to me.`,
  ]
  const headline = alarm
    ? `⚫ ${again}UNSEEN ${formatDuration(nowMs - sinceMs)}: ${who} cannot be read, its chain can. ${deadline}`
    : notice.kind === 'withdrawn'
      ? `⚪ withdrawn: ${who} is no longer one of the clients that alerts are about; it still cannot be read`
      : `${SIGN.ok} over: ${who} can be read again (was unseen, ${utc(notice.raisedMs, nowMs)} to ${clockUtc(nowMs, notice.raisedMs)})`
  return {
    ...oneLiner(unseenIdentity(row.chainId, row.clientId), notice, headline),
    group: directory.label(row.chainId),
    embed: alarm
      ? { title: who, description: lines.filter(Boolean).join('\n'), color: COLOUR.unreadable }
      : null,
    subject: label(row.clientId),
    deadlineMs,
  }
}
