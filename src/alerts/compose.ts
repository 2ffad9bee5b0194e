// Turns what is to be told into Discord messages: a storm is one message, its first line carries everything.

import type { Embed } from '../discord/command.ts'
import { formatDuration, formatUtc } from '../kernel/duration.ts'
import { RANK, SIGN } from '../words/levels.ts'
import { embedSize, LIMIT } from '../words/limits.ts'
import { oneLine, shorten } from '../words/text.ts'
import { isAgain, isAlarm, isPastSaving } from './life.ts'
import { fitEmbed, type Payload, payload } from './payload.ts'
import type { Message, Notice, NoticeKind } from './types.ts'

/**
 * What becomes one message: alarms tag people, over-lines say that it is over, quiet ones are one summary line, a
 * digest stands alone.
 */
type Sort = 'over' | 'alarm' | 'quiet' | 'digest'

const SORTS: Record<NoticeKind, Sort> = {
  raised: 'alarm',
  called: 'alarm',
  confirmed: 'alarm',
  reminder: 'alarm',
  escalated: 'alarm',
  quiet: 'quiet',
  resolved: 'over',
  recovered: 'over',
  withdrawn: 'over',
  digest: 'digest',
}

/** A post's own budget; what is left of Discord's 2,000 is for the marks of `markOver`. */
export const POST_MAX = LIMIT.content - 100
const SUMMARY_MAX = 300
const TAGS_MAX = 700
const LINE_MAX = 500
/** More that were told one by one before are told once more in one line. */
const MANY = 30
/** How that line ends. */
export const LISTED = '`$alerts` lists them'
/** How the first line ends of those posts of a storm that are not its first. */
export const CONTINUED = ', continued:'

/**
 * Divides the messages of one transaction for one webhook: a list of storms, each a list of posts, each a list of
 * the messages that stand in it together. A storm's posts share one mention. A post without messages only tags those
 * for whom there was no room.
 */
export function arrange(messages: readonly Message[]): Message[][][] {
  const storms = new Map<string, Message[]>()
  for (const [index, message] of messages.entries()) {
    const sort = SORTS[message.notice.kind]
    const grouped = sort !== 'digest' && message.group !== null
    const key = sort === 'over' ? 'over' : `${sort} ${grouped ? `of ${message.group}` : index}`
    storms.set(key, [...(storms.get(key) ?? []), message])
  }
  const order: Sort[] = ['over', 'alarm', 'quiet', 'digest']
  return [...storms.values()]
    .sort((a, b) => order.indexOf(sortOf(a)) - order.indexOf(sortOf(b)))
    .map((storm) => (sortOf(storm) === 'quiet' ? [storm] : postsOf(storm)))
}

function sortOf(messages: readonly Message[]): Sort {
  return SORTS[messages[0]!.notice.kind]
}

function postsOf(storm: Message[]): Message[][] {
  const alarm = sortOf(storm) === 'alarm'
  const tags = alarm ? tagsOf(storm) : []
  const reservedTags = Math.min(TAGS_MAX, tags.join(' ').length) + 1
  const roomForLines = alarm ? POST_MAX - SUMMARY_MAX - reservedTags : POST_MAX
  const posts: Message[][] = []
  let lines = 0
  let embeds = 0
  const again = storm.filter(({ notice }) => isAgain(notice))
  const isMany = again.length > MANY
  for (const message of alarm ? worstFirst(storm) : storm) {
    if (isMany && isAgain(message.notice)) continue
    const line = lineOf(message).length + 1
    const embed = message.embed ? embedSize(embedOf(message)!) : 0
    const last = posts.at(-1)
    const fits = lines + line <= roomForLines && embeds + embed <= LIMIT.embedsTotal
    if (last && fits && last.length < LIMIT.embeds) {
      last.push(message)
      lines += line
      embeds += embed
    } else {
      posts.push([message])
      lines = line
      embeds = embed
    }
  }
  if (isMany) posts.push(worstFirst(again).map((message) => ({ ...message, embed: null })))
  let left = tags.slice(firstTags(tags).length)
  for (let post = 1; left.length > 0; post++) {
    if (post >= posts.length) posts.push([])
    left = left.slice(firstTags(left).length)
  }
  return posts
}

function worstFirst(messages: readonly Message[]): Message[] {
  const deadline = (message: Message) => message.deadlineMs ?? Number.MAX_SAFE_INTEGER
  // A device shows the first lines: those for which it rings.
  const calls = ({ notice }: Message) => Number(isAlarm(notice) && notice.mention)
  return [...messages].sort(
    (a, b) => calls(b) - calls(a) || RANK[b.notice.level] - RANK[a.notice.level] || deadline(a) - deadline(b),
  )
}

/** Whom an alarm tags: those it calls, and whoever had it until now. */
export const whomOf = ({ notice: { mention, ackedBy }, mention: whom }: Message): string[] => [
  ...(mention ? whom : []),
  ...(ackedBy === null ? [] : [`<@${ackedBy}>`]),
]

/** Whom the alarms among `messages` tag, each once; roles first. */
export function tagsOf(messages: readonly Message[]): string[] {
  const tags = new Set(
    messages
      .filter(({ notice }) => isAlarm(notice))
      .flatMap((message) => whomOf(message).map((tag) => tag.replace('<@!', '<@'))),
  )
  const roles = [...tags].filter((tag) => /^<@&\d+>$/.test(tag))
  const users = [...tags].filter((tag) => /^<@\d+>$/.test(tag))
  return [...roles, ...users]
}

/** As many of `tags` as one post has room for. */
export function firstTags(tags: readonly string[]): string[] {
  let room = TAGS_MAX
  const end = tags.findIndex((tag) => {
    room -= tag.length + 1
    return room < -1
  })
  return tags.slice(0, Math.min(end < 0 ? tags.length : end, LIMIT.tags))
}

/** What stands around a post when it is sent. */
export interface Around {
  /** All messages of the storm that are (still) to be told; the first line sums them up. */
  storm: readonly Message[]
  /** Whom to tag: those of the storm whom no earlier post of it has tagged. */
  tags: readonly string[]
  /** An earlier post of the storm was delivered. */
  continued: boolean
}

/**
 * The Discord message for one post of `arrange`, or for what is left of it. Within Discord's limits whatever the
 * texts are. `nowMs` is when it is sent (Unix ms).
 */
export function composePost(shown: readonly Message[], around: Around, nowMs: number): Payload {
  const sort = sortOf(around.storm)
  const embeds = shown.flatMap((message) => embedOf(message) ?? [])
  if (sort === 'quiet') return payload(quietLine(shown), [], [])
  if (sort === 'digest') return digestPost(shown[0]!)
  if (sort === 'over') {
    const acks = shown.flatMap(({ notice }) => (notice.ackedBy ? [`<@${notice.ackedBy}>`] : []))
    return payload(shown.map(overLine).join('\n'), embeds, acks)
  }
  const tags = firstTags(around.tags)
  const only = around.storm.length === 1 ? around.storm[0]! : null
  const room = POST_MAX - (tags.join(' ').length + 1)
  const first = only ? headlineOf(only, embeds.length > 0, room) : firstLine(around, nowMs)
  const lines = only ? [] : shown.map((message) => lineOf(message))
  const whole = [[first, ...tags].join(' '), ...lines].join('\n')
  // Of what was put together as one line some may be left.
  const isOneLine = shown.length > MANY || whole.length > POST_MAX
  if (!isOneLine || !shown.every(({ notice }) => isAgain(notice))) return payload(whole, embeds, tags)
  const line = around.continued ? firstLine({ ...around, storm: shown, continued: false }, nowMs) : first
  return payload([line, listed(shown), ...tags].join(' '), [], tags)
}

/** "· nobody has #41–#1040: `$alerts` lists them" */
function listed(again: readonly Message[]): string {
  const escalated = again.filter(({ notice }) => notice.kind === 'escalated')
  const which = escalated.length > 0 ? `nobody has ${ranges(escalated)}` : ranges(again)
  return `· ${which}: ${LISTED}`
}

/** A digest tells of no alert of its own: it bears no number, and tags nobody. */
function digestPost({ headline, embed }: Message): Payload {
  return payload(shorten(oneLine(headline), POST_MAX) || '📋', embed ? [fitEmbed(embed)] : [], [])
}

/** The line of a message that stands alone: without its number where the embed has it. */
function headlineOf(message: Message, numbered: boolean, max: number): string {
  return (numbered && shorten(oneLine(message.headline), max)) || lineOf(message, max)
}

function lineOf(message: Message, max: number = LINE_MAX): string {
  const number = numberOf(message)
  const line = oneLine(message.headline)
  if (names(line, message.notice.alertId) && line.length <= max) return line
  return `${shorten(line, max - number.length - 1)} ${number}`.trim()
}

function overLine(message: Message): string {
  const { ackedBy } = message.notice
  const tag = ackedBy ? ` <@${ackedBy}>` : ''
  return lineOf(message, LINE_MAX - tag.length) + tag
}

function numberOf(message: Message): string {
  return `#${message.notice.alertId}`
}

/** Whether a text names an alert by its number: "#41". */
export function names(text: string, alertId: number): boolean {
  return new RegExp(`(^|[^\\w#])#${alertId}(?!\\d)`).test(text)
}

/** The embed with the alert's number in its footer. */
function embedOf(message: Message): Embed | null {
  if (!message.embed) return null
  const number = numberOf(message)
  const footer = message.embed.footer?.text.trim()
  const text = footer ? `${shorten(footer, LIMIT.footer - number.length - 3)} · ${number}` : number
  return fitEmbed({ ...message.embed, footer: { text } })
}

/** "🔴 2 expired, 🟡 5 warning on Osmosis: nearest 07-tendermint-1, 67 h left (Sun 22 Nov 22:04 UTC)" */
function firstLine({ storm, continued }: Around, nowMs: number): string {
  const group = oneLine(storm[0]!.group ?? '')
  if (continued) return shorten(group + CONTINUED, SUMMARY_MAX)
  const counts = [...counted(storm)].map(([what, of]) => {
    const still = of.every(({ notice }) => isAgain(notice)) ? 'still ' : ''
    return what.replace(' ', ` ${of.length} ${still}`)
  })
  const nearest = worstFirst(storm.filter(({ notice }) => !isPastSaving(notice.level)))
    .filter(({ subject, deadlineMs }) => subject && deadlineMs != null && deadlineMs > nowMs)
    .sort((a, b) => a.deadlineMs! - b.deadlineMs!)[0]
  const left = nearest
    ? `${formatDuration(nearest.deadlineMs! - nowMs)} left (${formatUtc(nearest.deadlineMs!, nowMs)})`
    : ''
  const tail = nearest ? `: nearest ${shorten(oneLine(nearest.subject!), 80)}, ${left}` : ''
  return `${shorten(`${counts.join(', ')} on ${group}`, SUMMARY_MAX - tail.length)}${tail}`
}

/** What notices are, in a line that counts them: nothing is called expired that nobody has seen expired. */
export function wordOf({ level, basis = 'seen' }: Notice): string {
  if (level === 'expired') return { seen: 'expired', clock: 'overdue', memory: 'may have expired' }[basis]
  // Only chains are blind, and these are never counted.
  return level === 'blind' ? 'unseen' : level
}

/** By sign and word. */
function counted(messages: readonly Message[]): Map<string, Message[]> {
  const signOf = ({ level, basis }: Notice) => (basis === 'memory' ? SIGN.blind : SIGN[level])
  const groups = new Map<string, Message[]>()
  for (const message of worstFirst(messages)) {
    const key = `${signOf(message.notice)} ${wordOf(message.notice)}`
    const group = groups.get(key) ?? []
    groups.set(key, group)
    group.push(message)
  }
  return groups
}

/** "⚪ First look at Osmosis: 12 clients are expired and 1 is frozen already; not alarmed. $data osmosis-1 (#41–#53)" */
function quietLine(messages: readonly Message[]): string {
  const first = messages[0]!
  if (first.group === null) return `⚪ ${lineOf(first, POST_MAX - 2)}`
  const counts = [...counted(messages).values()].map((of, index) => {
    const noun = index > 0 ? '' : of.length === 1 ? ' client' : ' clients'
    return `${of.length}${noun} ${of.length === 1 ? 'is' : 'are'} ${wordOf(of[0]!.notice)}`
  })
  const begin = messages.every(({ notice }) => notice.from === 'ok') ? 'First look at' : 'Now watched on'
  const hint = first.hint ? ` \`${shorten(oneLine(first.hint), 100)}\`` : ''
  const group = shorten(oneLine(first.group), 100)
  return `⚪ ${begin} ${group}: ${counts.join(' and ')} already; not alarmed.${hint} (${ranges(messages)})`
}

/** "#41–#53, #60"; only the first and the last number where that would be long. */
function ranges(messages: readonly Message[]): string {
  const ids = [...new Set(messages.map(({ notice }) => notice.alertId))].sort((a, b) => a - b)
  const runs: [number, number][] = []
  for (const id of ids) {
    const run = runs.at(-1)
    if (run && run[1] === id - 1) run[1] = id
    else runs.push([id, id])
  }
  const text = runs.map(([from, to]) => (from === to ? `#${from}` : `#${from}–#${to}`)).join(', ')
  return text.length <= 500 ? text : `#${ids[0]} … #${ids.at(-1)}`
}
