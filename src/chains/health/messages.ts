// An alert about a whole chain, or about all of them, in words (pure): blind, halted, restarted, no network.
import { isAgain, isAlarm } from '../../alerts/life.ts'
import { oneLiner } from '../../alerts/outbox/commit.ts'
import type { Message, Notice } from '../../alerts/types.ts'
import type { EndpointStatus } from '../../cosmos/types.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { nsToMs } from '../../kernel/nanotime.ts'
import { COLOUR, SIGN } from '../../words/levels.ts'
import { grouped } from '../../words/numbers.ts'
import { CHAIN_LABEL_MAX, code, label } from '../../words/text.ts'
import { ago, clockUtc, roughlyLeft, utc } from '../../words/time.ts'
import { type ChainMatter, chainIdentity, NETWORK_IDENTITY, restartIdentity } from '../identity.ts'
import { endpointWords } from '../words.ts'
import { type ChainHealth, NEAR_DEADLINE_MS, type NearestDeadline, nearestOfAll } from './observe.ts'

/** What the words about a chain need besides how it is. */
export interface AboutChain {
  /** Its label, of this chain alone. */
  chainName: string
  endpoints: readonly EndpointStatus[]
  nowMs: number
}

/** How a chain is, since when (Unix ms), and what words about it need. */
type Now = ChainHealth & AboutChain & { sinceMs: number }

/** Puts a notice about a chain that cannot be read, or that makes no blocks, into words. */
export function chainMessage(
  kind: ChainMatter,
  notice: Notice,
  health: ChainHealth,
  about: AboutChain,
): Message {
  const since = { blind: health.unseenSinceMs, unread: health.unreadSinceMs, halted: health.haltedSinceMs }
  const now: Now = { ...health, ...about, sinceMs: since[kind] ?? notice.raisedMs }
  const name = label(about.chainName, CHAIN_LABEL_MAX)
  const alarm = isAlarm(notice)
  const lines = {
    blind: { alarm: blindLine, over: `${name} can be read again`, was: 'blind', colour: COLOUR.blind },
    unread: {
      alarm: unreadLine,
      over: `the clients of ${name} can be read again`,
      was: 'unseen',
      colour: COLOUR.unreadable,
    },
    halted: { alarm: haltedLine, over: `${name} makes blocks again`, was: 'halted', colour: COLOUR.halted },
  }[kind]
  const headline = alarm
    ? lines.alarm(name, notice, now)
    : overLine(lines.over, lines.was, notice, about.nowMs)
  return {
    ...oneLiner(chainIdentity(kind, health.chainId), notice, headline),
    embed: alarm ? { description: details(kind, now), color: lines.colour } : null,
    subject: name,
    deadlineMs: health.nearest?.deadlineMs ?? null,
  }
}

/**
 * "⚫ BLIND 14 min: Cosmos Hub, 0 of 3 endpoints answer. Nearest known deadline in 9 d." and, with a deadline that is
 * near, "⚫ BLIND 2 h: Cosmos Hub. 07-tendermint-259 may expire Sun 22 Nov 22:04 UTC"
 */
function blindLine(name: string, notice: Notice, now: Now): string {
  const { nowMs, endpoints, nearest } = now
  const start = `${blindFor(notice, now)}: ${name}`
  if (isNear(nearest, nowMs)) return `${start}. ${mayExpire(nearest!, nowMs)}`
  return `${start}, ${endpointCount(endpoints)}. ${knownDeadline(nearest, nowMs)}`
}

/** "⚫ UNSEEN 14 min: the clients of Cosmos Hub cannot be read, the chain can. Nearest known deadline in 9 d." */
function unreadLine(name: string, { kind, basis }: Notice, { nowMs, sinceMs, nearest }: Now): string {
  const again = isAgain({ kind }) ? 'still ' : ''
  return `${SIGN.blind} ${again}UNSEEN ${formatDuration(nowMs - sinceMs)}: the clients of ${name} cannot be read, ${basis === 'memory' ? 'nor can the chain now' : 'the chain can'}. ${deadlineWords(nearest, nowMs)}`
}

const blindFor = ({ kind }: Notice, { nowMs, sinceMs }: Pick<Now, 'nowMs' | 'sinceMs'>) =>
  `${SIGN.blind} ${isAgain({ kind }) ? 'still ' : ''}BLIND ${formatDuration(nowMs - sinceMs)}`

const isNear = (nearest: NearestDeadline | null, nowMs: number) =>
  nearest !== null && nearest.deadlineMs - nowMs < NEAR_DEADLINE_MS

/** "Nearest known deadline in 9 d."; one that is near with its client. */
export const deadlineWords = (nearest: NearestDeadline | null, nowMs: number): string =>
  isNear(nearest, nowMs) ? mayExpire(nearest!, nowMs) : knownDeadline(nearest, nowMs)

/** "07-tendermint-259 may expire Sun 22 Nov 22:04 UTC"; `passed`: what is said of one that has passed. */
export function mayExpire(
  { clientId, deadlineMs }: NearestDeadline,
  nowMs: number,
  passed = 'may have expired',
): string {
  const verb = deadlineMs > nowMs ? 'may expire' : passed
  return `${label(clientId)} ${verb} ${utc(deadlineMs, nowMs)}`
}

function knownDeadline(nearest: NearestDeadline | null, nowMs: number): string {
  if (!nearest) return 'No deadline is known.'
  return `Nearest known deadline in ${roughlyLeft(nearest.deadlineMs, nowMs)}.`
}

/** "0 of 3 endpoints answer"; where some answer but are not believed: "3 endpoints, none believed". */
function endpointCount(endpoints: readonly EndpointStatus[]): string {
  const answering = endpoints.filter(({ state }) => state !== 'failing' && state !== 'unknown').length
  return answering === 0
    ? `0 of ${endpoints.length} endpoints answer`
    : `${answering} of ${endpoints.length} endpoints answer, none can be believed`
}

/** "⏸ HALTED: Osmosis has made no block for 25 min (last 21,004,112 at 09:14 UTC). Its endpoints answer. …" */
function haltedLine(name: string, notice: Notice, now: Now): string {
  const { nowMs, sinceMs, lastBlock, nearest } = now
  const last = lastBlock
    ? ` (last ${grouped(lastBlock.height)} at ${clockUtc(nsToMs(lastBlock.timeNs), nowMs)})`
    : ''
  const again = isAgain(notice) ? 'still ' : ''
  const ends = notice.basis === 'memory' ? 'Its endpoints do not answer now.' : 'Its endpoints answer.'
  const deadline = !nearest
    ? 'No deadline is known.'
    : isNear(nearest, nowMs)
      ? mayExpire(nearest, nowMs, 'is past its deadline by the clock since')
      : `Nearest deadline in ${roughlyLeft(nearest.deadlineMs, nowMs)}.`
  return `${SIGN.halted} ${again}HALTED: ${name} has made no block for ${formatDuration(nowMs - sinceMs)}${last}. ${ends} ${deadline}`
}

function details(kind: ChainMatter, { readMs, sinceMs, endpoints, nearest, unreadCause }: Now): string {
  const states = endpointWords(endpoints.filter(({ state }) => state !== 'fresh' && state !== 'halted'))
  const near = nearest ? `Nearest deadline: ${label(nearest.clientId)} ${ago(nearest.deadlineMs)}` : null
  if (kind === 'halted') {
    return [
      'No update gets in and no client changes there until it makes blocks again; deadlines go on by the clock.',
      near,
      states && `Besides: ${states}`,
    ]
      .filter(Boolean)
      .join('\n')
  }
  if (kind === 'unread') {
    const since = `They were last read before ${ago(sinceMs)}; updates since then are invisible to me`
    return [unreadCause ? code(unreadCause, 300) : null, since, near].filter(Boolean).join('\n')
  }
  const reading =
    readMs === null
      ? 'It was never read'
      : `As of the reading ${ago(readMs)}; updates since then are invisible to me`
  return [[reading, states].filter(Boolean).join(' · '), near].filter(Boolean).join('\n')
}

function overLine(what: string, was: string, notice: Notice, nowMs: number): string {
  return `${SIGN.ok} over: ${what} (was ${was}, ${utc(notice.raisedMs, nowMs)} to ${clockUtc(nowMs, notice.raisedMs)})`
}

/** What was open about a chain that nobody names any more. */
export const goneMessage = (identity: string, chainId: string, notice: Notice): Message =>
  oneLiner(identity, notice, `⚪ withdrawn: ${label(chainId, 64)} is not named any more`)

/** No chain at all of `all` can be read: one message about this machine's network, in place of one for each chain. */
export function networkMessage(
  notice: Notice,
  all: readonly ChainHealth[],
  nowMs: number,
  chainName: (chainId: string) => string,
): Message {
  const nearest = nearestOfAll(all, nowMs)
  const sinceMs = Math.max(...all.map(({ unseenSinceMs }) => unseenSinceMs ?? notice.raisedMs))
  const alarm = isAlarm(notice)
  const deadline = isNear(nearest, nowMs)
    ? `${label(chainName(nearest!.chainId), CHAIN_LABEL_MAX)} ${mayExpire(nearest!, nowMs)}`
    : knownDeadline(nearest, nowMs)
  const headline = alarm
    ? `${blindFor(notice, { nowMs, sinceMs })}: none of ${all.length} chains can be read, so it is probably this machine's network. ${deadline}`
    : overLine('chains can be read again', 'blind', notice, nowMs)
  return {
    ...oneLiner(NETWORK_IDENTITY, notice, headline),
    embed: alarm
      ? {
          description:
            'Check the network, DNS and firewall of the machine that I run on. What happens on the chains meanwhile is invisible to me; known deadlines go on by the clock, and I say so when one is near.',
          color: COLOUR.blind,
        }
      : null,
    deadlineMs: nearest?.deadlineMs ?? null,
  }
}

/**
 * A chain makes blocks from a low height again under the same id: what was known of it was dropped. `from`: the height
 * that was known, `to`: the one that it has now; null where that was told.
 */
export function restartedMessage(
  chainId: string,
  notice: Notice,
  blocks: { from: bigint; to: bigint } | null,
  about: Pick<AboutChain, 'chainName' | 'nowMs'>,
): Message {
  const name = label(about.chainName, CHAIN_LABEL_MAX)
  const headline = isAlarm(notice)
    ? blocks
      ? `⏮ RESTARTED: ${name} is at block ${grouped(blocks.to)} under the same id, ${grouped(blocks.from)} was known. I forgot its clients and read them anew`
      : `⏮ still not read anew since it RESTARTED at ${clockUtc(notice.raisedMs, about.nowMs)}: ${name}`
    : overLine(`${name} is read as a new chain`, 'restarted', notice, about.nowMs)
  return {
    ...oneLiner(restartIdentity(chainId), notice, headline),
    embed: isAlarm(notice)
      ? {
          description: `A test network that was reset looks like this. Look at the clients on other chains that track ${label(chainId)}: they follow the chain as it was before.`,
          color: COLOUR.halted,
        }
      : null,
    subject: name,
  }
}
