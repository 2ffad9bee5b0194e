// An alert about a whole chain, or about all of them, in words (pure): blind, halted, restarted, no network.
import { isAlarm } from '../../alerts/life.ts'
import type { Message, Notice } from '../../alerts/types.ts'
import { NEAR_DEADLINE_MS } from '../../clients/assess.ts'
import { type ChainMatter, chainIdentity, NETWORK_IDENTITY, restartIdentity } from '../../clients/identity.ts'
import type { ClientRow } from '../../clients/rows.ts'
import { endpointWords } from '../../clients/words.ts'
import type { EndpointStatus } from '../../cosmos/types.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { COLOUR, SIGN } from '../../words/levels.ts'
import { grouped } from '../../words/numbers.ts'
import { CHAIN_LABEL_MAX, code, label } from '../../words/text.ts'
import { ago, clockUtc, roughlyLeft, utc } from '../../words/time.ts'

/** The nearest known deadline of a client that alerts are about. */
export interface NearestDeadline {
  row: Pick<ClientRow, 'clientId'>
  deadlineMs: number
}

export interface ChainContext {
  chainId: string
  /** Its label, of this chain alone. */
  chainName: string
  nowMs: number
  /** Blind, unread: since when it, or its clients, cannot be read. Halted: the time of its last block. Unix ms. */
  sinceMs: number
  endpoints: readonly EndpointStatus[]
  lastHeight: bigint | null
  lastBlockMs: number | null
  nearest: NearestDeadline | null
  /** When its clients were last read, Unix ms; null: never. */
  readMs: number | null
  mention: string[]
  /** Unread: why, in an upstream's words. */
  cause?: string | null
}

/** Puts a notice about a chain that cannot be read, or that makes no blocks, into words. */
export function chainMessage(kind: ChainMatter, notice: Notice, context: ChainContext): Message {
  const name = label(context.chainName, CHAIN_LABEL_MAX)
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
  return {
    identity: chainIdentity(kind, context.chainId),
    notice,
    headline: alarm
      ? lines.alarm(name, notice, context)
      : overLine(lines.over, lines.was, notice, context.nowMs),
    group: null,
    embed: alarm ? { description: details(kind, context), color: lines.colour } : null,
    mention: notice.mention ? context.mention : [],
    subject: name,
    deadlineMs: context.nearest?.deadlineMs ?? null,
  }
}

/**
 * "⚫ BLIND 14 min: Cosmos Hub, 0 of 3 endpoints answer. Nearest known deadline in 9 d." and, with a deadline that is
 * near, "⚫ BLIND 2 h: Cosmos Hub. 07-tendermint-259 may expire Sun 22 Nov 22:04 UTC"
 */
function blindLine(name: string, notice: Notice, context: ChainContext): string {
  const { nowMs, endpoints, nearest } = context
  const start = `${blindFor(notice, context)}: ${name}`
  if (isNear(nearest, nowMs)) return `${start}. ${mayExpire(nearest!, nowMs)}`
  return `${start}, ${endpointCount(endpoints)}. ${knownDeadline(nearest, nowMs)}`
}

/** "⚫ UNSEEN 14 min: the clients of Cosmos Hub cannot be read, the chain can. Nearest known deadline in 9 d." */
function unreadLine(name: string, { kind }: Notice, { nowMs, sinceMs, nearest }: ChainContext): string {
  const again = kind === 'reminder' ? 'still ' : ''
  return `${SIGN.blind} ${again}UNSEEN ${formatDuration(nowMs - sinceMs)}: the clients of ${name} cannot be read, the chain can. ${deadlineWords(nearest, nowMs)}`
}

const blindFor = ({ kind }: Notice, { nowMs, sinceMs }: { nowMs: number; sinceMs: number }) =>
  `${SIGN.blind} ${kind === 'reminder' ? 'still ' : ''}BLIND ${formatDuration(nowMs - sinceMs)}`

const isNear = (nearest: NearestDeadline | null, nowMs: number) =>
  nearest !== null && nearest.deadlineMs - nowMs < NEAR_DEADLINE_MS

/** "Nearest known deadline in 9 d."; one that is near with its client. */
export const deadlineWords = (nearest: NearestDeadline | null, nowMs: number): string =>
  isNear(nearest, nowMs) ? mayExpire(nearest!, nowMs) : knownDeadline(nearest, nowMs)

function mayExpire({ row, deadlineMs }: NearestDeadline, nowMs: number): string {
  const verb = deadlineMs > nowMs ? 'may expire' : 'may have expired'
  return `${label(row.clientId)} ${verb} ${utc(deadlineMs, nowMs)}`
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
function haltedLine(name: string, notice: Notice, context: ChainContext): string {
  const { nowMs, sinceMs, lastHeight, lastBlockMs, nearest } = context
  const last =
    lastHeight === null || lastBlockMs === null
      ? ''
      : ` (last ${grouped(lastHeight)} at ${clockUtc(lastBlockMs, nowMs)})`
  const again = notice.kind === 'reminder' ? 'still ' : ''
  const deadline = !nearest
    ? 'No deadline is known.'
    : isNear(nearest, nowMs)
      ? mayExpire(nearest, nowMs)
      : `Nearest deadline in ${roughlyLeft(nearest.deadlineMs, nowMs)}.`
  return `${SIGN.halted} ${again}HALTED: ${name} has made no block for ${formatDuration(nowMs - sinceMs)}${last}. Its endpoints answer. ${deadline}`
}

function details(kind: ChainMatter, { readMs, sinceMs, endpoints, nearest, cause }: ChainContext): string {
  const states = endpointWords(endpoints.filter(({ state }) => state !== 'fresh' && state !== 'halted'))
  const near = nearest ? `Nearest deadline: ${label(nearest.row.clientId)} ${ago(nearest.deadlineMs)}` : null
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
    return [cause ? code(cause, 300) : null, since, near].filter(Boolean).join('\n')
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

export interface NetworkContext {
  /** How many chains there are, none of which can be read. */
  chains: number
  nowMs: number
  sinceMs: number
  nearest: (NearestDeadline & { chainName: string }) | null
  mention: string[]
}

/** No chain at all can be read: one message about this machine's network, in place of one for each chain. */
export function networkMessage(notice: Notice, context: NetworkContext): Message {
  const { nowMs, nearest, chains } = context
  const alarm = isAlarm(notice)
  const deadline = isNear(nearest, nowMs)
    ? `${label(nearest!.chainName, CHAIN_LABEL_MAX)} ${mayExpire(nearest!, nowMs)}`
    : knownDeadline(nearest, nowMs)
  return {
    identity: NETWORK_IDENTITY,
    notice,
    headline: alarm
      ? `${blindFor(notice, context)}: none of ${chains} chains can be read, so it is probably this machine's network. ${deadline}`
      : overLine('chains can be read again', 'blind', notice, nowMs),
    group: null,
    embed: alarm
      ? {
          description:
            'Check the network, DNS and firewall of the machine that I run on. What happens on the chains meanwhile is invisible to me; known deadlines go on by the clock, and I say so when one is near.',
          color: COLOUR.blind,
        }
      : null,
    mention: notice.mention ? context.mention : [],
    deadlineMs: nearest?.deadlineMs ?? null,
  }
}

export interface RestartContext {
  chainId: string
  /** Its label, of this chain alone. */
  chainName: string
  nowMs: number
  /** Height known before, and the one it has now. */
  fromHeight: bigint
  height: bigint
  mention: string[]
}

/** A chain makes blocks from a low height again under the same id: what was known of it was dropped. */
export function restartedMessage(notice: Notice, context: RestartContext): Message {
  const { chainId, fromHeight, height, nowMs } = context
  const name = label(context.chainName, CHAIN_LABEL_MAX)
  return {
    identity: restartIdentity(chainId),
    notice,
    headline: isAlarm(notice)
      ? `⏮ RESTARTED: ${name} is at block ${grouped(height)} under the same id, ${grouped(fromHeight)} was known. I forgot its clients and read them anew`
      : overLine(`${name} is read as a new chain`, 'restarted', notice, nowMs),
    group: null,
    embed: isAlarm(notice)
      ? {
          description: `A test network that was reset looks like this. Look at the clients on other chains that track ${label(chainId)}: they follow the chain as it was before.`,
          color: COLOUR.halted,
        }
      : null,
    mention: notice.mention ? context.mention : [],
    subject: name,
  }
}
