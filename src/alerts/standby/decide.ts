// Whether the first watcher has told something (pure): by the host chain and the client in the lines of its messages.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/duration.ts'
import { snowflakeTimeMs } from '../../kernel/snowflake.ts'
import { RANK, SIGN } from '../../words/levels.ts'
import { CONTINUED, LISTED, wordOf } from '../compose.ts'
import { isAgain, isAlarm } from '../life.ts'
import type { SeenMessage } from '../outbox/seen.ts'
import { FROM_STANDBY } from '../payload.ts'
import type { Message } from '../types.ts'

/** Two watchers need not see the same thing at the same moment, nor have the same time. */
const SLACK_MS = 10 * MINUTE_MS
/** What the first one has seen to be over, this one sees after its next sweep. */
const OVER_SINCE_MS = 30 * MINUTE_MS
/** The longest time for which somebody can have an alert. */
const HELD_MAX_MS = 7 * DAY_MS

/** Since when the first one may have told it, or somebody may have it, Unix ms. */
export const readSince = ({ notice, openSinceMs }: Message): number =>
  (openSinceMs ?? notice.raisedMs) - SLACK_MS

/**
 * How much later than here, in ms, the first one may tell once more what is told once more at `madeMs` (Unix ms). What it
 * told so long after the last time here is still that last time.
 */
export function laterThanHere({ againSinceMs, deadlineMs }: Message, madeMs: number): number {
  if (againSinceMs === undefined) return 0
  const leftMs = Math.max(0, (deadlineMs ?? Infinity) - madeMs)
  return Math.min(SLACK_MS, (madeMs - againSinceMs) / 2, leftMs / 5)
}

/**
 * The message of `seen` in which the first watcher has told what `message`, made at `madeMs`, tells, or says that somebody
 * has it; null: there is none. All times are Unix ms.
 */
export function toldByFirst(
  message: Message,
  madeMs: number,
  seen: readonly SeenMessage[],
  nowMs: number,
): SeenMessage | null {
  const heldMs = readSince(message)
  const { againSinceMs } = message
  const toldMs = againSinceMs === undefined ? heldMs : againSinceMs + laterThanHere(message, madeMs)
  const isOf = namesIt(message)
  const found = seen.findLast((one) => {
    const atMs = snowflakeTimeMs(one.id) ?? 0
    if (isAgain(message.notice) && atMs >= heldMs && heldUntilMs(message, one, nowMs) !== null) return true
    const lines = linesOf(one, nowMs).filter((line) => isOf(line) || isAmongMany(line, message))
    const isRecent = atMs >= madeMs - SLACK_MS
    // Escalated once for each level, whenever that was.
    return (
      atMs >= (message.notice.kind === 'escalated' ? heldMs : toldMs) &&
      lines.some((line) => tells(line, message, isRecent))
    )
  })
  return found ?? null
}

/**
 * Whether a second watcher has called, with a message of `seen` (oldest first), all whom `message`, made at `madeMs` (Unix
 * ms), would: a while ago where it is told once more, else since it is open; and nothing else was said of it since.
 */
export function calledByStandby(message: Message, madeMs: number, seen: readonly SeenMessage[]): boolean {
  const isOf = namesIt(message)
  const atMs = ({ id }: SeenMessage) => snowflakeTimeMs(id) ?? 0
  const all = seen.filter((one) => one.isOwn || isWatchers(one))
  const said = all.flatMap((one) => {
    const lines = one.content.replace(FROM_STANDBY, '').split('\n').filter(isOf)
    return lines.flatMap((line) => (OVER.test(line) || tells(line, message, false) ? { ...one, line } : []))
  })
  const last = said.at(-1)
  if (!last?.content.startsWith(FROM_STANDBY) || OVER.test(last.line)) return false
  const leftMs = (message.deadlineMs ?? Infinity) - madeMs
  const sinceMs = isAgain(message.notice) ? madeMs - Math.min(HOUR_MS, leftMs) : readSince(message)
  // Those whom a storm calls stand in its first posts.
  const spanMs = last.content.split('\n', 1)[0]!.includes(CONTINUED) ? MINUTE_MS : 0
  const posts = all.filter(
    (one) => Math.abs(atMs(one) - atMs(last)) <= spanMs && one.content.startsWith(FROM_STANDBY),
  )
  const isCalled = (tag: string) => posts.some(({ content }) => content.includes(tag))
  return atMs(last) >= sinceMs && message.mention.every(isCalled)
}

/** Whether the first watcher has said anything since `sinceMs` (Unix ms). */
export const hearsFirst = (seen: readonly SeenMessage[], sinceMs: number): boolean =>
  seen.some(
    (one) =>
      isFirst(one) &&
      SIGNS.some((sign) => one.content.startsWith(sign)) &&
      Math.max(snowflakeTimeMs(one.id) ?? 0, one.editedMs ?? 0) >= sinceMs,
  )

/** What this machine cannot see, or knows from memory alone: where the first one sees it, a call would be false. */
export const isOwnBlindness = ({ level, basis }: Message['notice']) => level === 'blind' || basis === 'memory'

/** How that is told while the first one may see it: once, and nobody is tagged; null: not any more. */
export function ofOwnBlindness<T extends Message>(message: T, wasTold: boolean): T | null {
  const { notice } = message
  if (wasTold && (isAgain(notice) || notice.kind === 'called')) return null
  return { ...message, notice: { ...notice, mention: false }, mention: [] }
}

/** Only what a bot or a webhook says by itself: a person who asks, or the answer to a command, tells nobody. */
const isWatchers = ({ webhookId, isBot, isOwn, isAnswer }: SeenMessage) =>
  (webhookId !== null || isBot === true) && !isOwn && !isAnswer

const isFirst = (one: SeenMessage) => isWatchers(one) && !one.content.includes(FROM_STANDBY)
const SIGNS = [...Object.values(SIGN), '🟢', '⚪', '⚠️']

const OVER = /^[🟢⚪]/u
const MARKED = /^(?:🟢 over: |⚪ withdrawn: |(?:🟢|⚪\ufe0f) ~~)(?=\S+ )/u
const SEEN_SINCE = /^⚪ (?:seen since: |~~)/u

/** The lines in which a watcher tells something; what it has marked as over long ago tells nothing of now. */
function linesOf(one: SeenMessage, nowMs: number): string[] {
  if (!isFirst(one)) return []
  const isFresh = nowMs - (one.editedMs ?? nowMs) < OVER_SINCE_MS
  return [one.content, ...(one.files ?? [])].flatMap((text) =>
    text.split('\n').flatMap((line) => {
      const isMarked = one.editedMs != null && MARKED.test(line)
      if (isMarked && !isFresh) return []
      return (isMarked ? line.replace(MARKED, '') : line).replace(SEEN_SINCE, '').trim()
    }),
  )
}

/** Whether a line stands for all that is told once more on its chain, at its level, at this moment. */
const isAmongMany = (line: string, { notice, group }: Message): boolean =>
  isAgain(notice) &&
  line.includes(LISTED) &&
  line.includes(`still ${wordOf(notice)}`) &&
  group !== null &&
  new RegExp(` on ${escaped(group)}(?:: nearest | · )`).test(line)

/** Whether a text names what a message is about: a client together with its host, not with the chain that it tracks. */
function namesIt({ identity, group, subject, headline }: Message): (text: string) => boolean {
  const [, kind = '', rest = ''] = /^([^:]+):(.+)$/s.exec(identity) ?? []
  const isClient = kind === 'ibc' || kind === 'unseen'
  if (isClient) {
    const [chainId, clientId] = [rest.slice(0, rest.lastIndexOf('/')), rest.slice(rest.lastIndexOf('/') + 1)]
    const hosts = [chainId, ...(group ? [group] : [])].map(escaped).join('|')
    const clients = [clientId, ...(subject ? [subject] : [])].map(escaped).join('|')
    return (text) => whole(`(?:${hosts})[ /](?:${clients})`).test(text)
  }
  if (!subject) return (text) => /\bnone of \d+ chains can be read/.test(text)
  // A chain by its name or its id; a wallet by its address beside its chain.
  const names = [[subject, rest], group && headline.includes(group) ? [group] : [subject, rest]]
  return (text) => names.every((of) => whole(`(?:${of.map(escaped).join('|')})`).test(text))
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
/** Not as a part of another name: "Osmosis" of neither "Neo Osmosis" nor "Osmosis Testnet". */
const whole = (name: string) =>
  new RegExp(`(?<=^|[:.] |\\b(?:on|of|wallet) )${name}(?![\\p{L}\\p{N}_-]| [\\p{Lu}\\d])`, 'u')

const GRADES: (string | undefined)[] = [SIGN.warning, SIGN.critical, SIGN.expired, SIGN.frozen]
const gradeOf = (sign: string | undefined) => GRADES.indexOf(sign) + 1

/** Whether a line that names it tells it, too: at its level, or a worse one. */
function tells(line: string, { notice, headline }: Message, isRecent: boolean): boolean {
  const [sign, own] = [/^\S+/.exec(line)?.[0], /^\S+/.exec(headline)?.[0]]
  if (!isAlarm(notice)) return isRecent && (sign === '🟢' || sign === '⚪')
  if (notice.kind === 'escalated' && !line.includes('nobody has #')) return false
  const grade = gradeOf(sign)
  if (grade > 0) return notice.level !== 'blind' && notice.level !== 'halted' && grade >= RANK[notice.level]
  const isAsBad = RANK[notice.level] < RANK.expired || line.includes('MAY HAVE EXPIRED')
  if (sign !== SIGN.blind || gradeOf(own) === 0) return sign === own && isAsBad
  // From the first one's memory: what it says of the level holds for now alone.
  return isRecent && isAsBad
}

/**
 * Until when somebody has it as a message of the first one says, in its line or first in its embed, Unix ms; null: nobody
 * has. "👀 Ana has it until 18:00 UTC: new key on the way"
 */
export function heldUntilMs(message: Message, one: SeenMessage, nowMs: number): number | null {
  const isOf = namesIt(message)
  const lines = linesOf(one, nowMs).filter(isOf)
  const { embeds, editedMs } = one
  if (lines.length === 0 || editedMs == null) return null
  const told = embeds.filter(({ title }) => title && isOf(title)).map(({ description = '' }) => description)
  const untilMs = [...lines, ...told].flatMap((text) => {
    const held = /👀 .*? has it(?: until (?:\w+ (\d+ \w+) )?(\d\d:\d\d) UTC)?/u.exec(text)
    if (!held) return []
    const [, day, time] = held
    if (time === undefined) return editedMs + HELD_MAX_MS
    // Said on the day of the edit, or in the week after it.
    const date = day
      ? `${day} ${new Date(editedMs).getUTCFullYear()}`
      : new Date(editedMs).toUTCString().slice(5, 16)
    const atMs = Date.parse(`${date} ${time} UTC`)
    return atMs < editedMs - DAY_MS ? atMs + 365 * DAY_MS : atMs
  })
  return untilMs.find((atMs) => nowMs < atMs) ?? null
}
