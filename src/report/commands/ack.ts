// `ack` and `unack`: somebody has an alert, or gives it back. For whoever may write where the alert stands.
import { z } from 'zod'
import type { Acts, NotOpen } from '../../alerts/acknowledge.ts'
import { isPastSaving, NO_REMINDERS, nextNoticeMs } from '../../alerts/life.ts'
import { NOTE_MAX } from '../../alerts/mark.ts'
import type { AlertState } from '../../alerts/types.ts'
import type { Call, Command, Reply } from '../../discord/command.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDurationMs } from '../../kernel/duration.ts'
import { Refusal } from '../../kernel/errors.ts'
import { code, oneLine, plain, shorten } from '../../words/text.ts'
import { ago, at } from '../../words/time.ts'
import { describe } from '../open-alerts.ts'
import type { OverviewDeps } from './deps.ts'

const USUAL_MS = 6 * HOUR_MS
const MOST_MS = 7 * DAY_MS
const UNIT = '(?:minutes?|mins?|hours?|hrs?|days?|weeks?|[mhdw])'
/** "2h", "1h 30m", "for 2 hours". */
const LASTING = new RegExp(`^(?:for\\s+)?((?:\\d+(?:\\.\\d+)?\\s*${UNIT}\\s*)+)(?:\\s|$)`, 'i')
/** What is meant as a time: with a number first, but for ids such as 07-tendermint-1; or such a word alone. */
const MEANT =
  /^(?:(?:(?:for|until|till)\s+)?[+-]?[\d.,:]+[a-z:\d.,]*(?:\s|$)|\d{4}-\d|(?:\w*day|tonight|tomorrow|now|never|always|forever)$)/i

export interface AckDeps extends OverviewDeps {
  acts: Acts
  /** After so long what nobody has is escalated; left out: never. */
  escalateAfterMs?: number | undefined
}

interface AckArgs {
  alert: number
  time?: string
  note?: string
}

/**
 * How long, and the note, of what was typed. `isTime`: `time` is a field of its own, else the first word of all.
 * @throws {Refusal} where what is meant as a time is none
 */
export function readAck({ time = '', note = '' }: Omit<AckArgs, 'alert'>, isTime: boolean) {
  const text = (isTime ? time : `${time} ${note}`).trim()
  const [all = '', lasting] = LASTING.exec(`${text} `) ?? []
  const asked = lasting === undefined ? USUAL_MS : parseDurationMs(lasting.replace(/(?<=[a-z])[a-z]+/gi, ''))!
  const isNone = isTime
    ? text !== '' && all.length <= text.length
    : all === '' && MEANT.test(text.slice(0, 60))
  if (isNone || asked < MINUTE_MS)
    throw new Refusal(
      `${code(text, 40)} does not say for how long: write a time such as \`30m\`, \`2h\` or \`1d 12h\` (at least \`1m\`, at most 7 d; left out: 6 h), and the note behind it.`,
    )
  const words = isTime ? note : text.slice(all.length)
  return {
    forMs: Math.min(asked, MOST_MS),
    isCut: asked > MOST_MS,
    note: shorten(oneLine(words), NOTE_MAX) || null,
  }
}

const alertArg = (deps: AckDeps) => ({
  name: 'alert',
  summary: 'Its number, such as 41',
  required: true,
  schema: z
    .string()
    .regex(/^#?\d{1,9}$/, 'an alert is named by its number, such as `41`: `alerts` lists what is open')
    .transform((text) => Number(text.replace('#', ''))),
  complete: (typed: string) =>
    deps
      .openAlerts()
      .filter(
        ({ state }) => state.toldLevel !== null && `${state.alertId}`.startsWith(typed.replace('#', '')),
      )
      .map(({ identity, state }) => ({ name: `#${state.alertId} ${identity}`, value: `${state.alertId}` })),
})

const ANYBODY = { access: 'everyone', anyChannel: true } as const

/** Makes the command `ack`. */
export function ackCommand(deps: AckDeps): Command<AckArgs> {
  return {
    name: 'ack',
    summary: 'I have this alert: quiet for a time (6 h) or until it gets worse',
    example: 'ack 41 2h new key on the way',
    ...ANYBODY,
    args: [
      alertArg(deps),
      { name: 'time', summary: 'For how long, such as 2h; at most 7d, left out: 6h' },
      { name: 'note', summary: 'What you do about it', rest: true },
    ],
    async run({ alert, ...typed }, call) {
      const { forMs, isCut, note } = readAck(typed, call.door === 'slash')
      await refuseOthers(deps, alert, call)
      const { userId, name } = call.caller
      const untilMs = call.nowMs + forMs
      const by = { userId, name: shorten(oneLine(name), 40), untilMs, note }
      const { before, ...now } = opened(deps.acts.acknowledge(alert, by, call.nowMs), alert, call)
      const { about, word } = describe(deps, now.identity, now.state, call.nowMs)
      const other = before ? `, taken over from <@${before.userId}>` : ''
      const had = before?.userId === userId ? ' (you had it already)' : other
      return {
        text: [
          `👀 <@${userId}> has #${alert} (${word}, ${about}) until ${at(untilMs)}, ${ago(untilMs)}${had}${note ? `: ${plain(note, NOTE_MAX)}` : ''}`,
          `${isCut ? 'At most 7 d at once. ' : ''}I am quiet about it until then, or until it gets worse. \`${call.show(`unack ${alert}`)}\` gives it back.`,
        ].join('\n'),
      }
    },
  }
}

/** Makes the command `unack`. */
export function unackCommand(deps: AckDeps): Command<Pick<AckArgs, 'alert'>> {
  return {
    name: 'unack',
    summary: 'Nobody has this alert any more: it may call again',
    example: 'unack 41',
    ...ANYBODY,
    args: [alertArg(deps)],
    async run({ alert }, call): Promise<Reply> {
      await refuseOthers(deps, alert, call)
      const { before, state } = opened(deps.acts.giveBack(alert, call.nowMs), alert, call)
      if (!before)
        throw new Refusal(`Nobody has #${alert}. \`${call.show(`ack ${alert}`)}\` says that you have it.`)
      const whose = before.userId === call.caller.userId ? '' : ` (<@${before.userId}> had it)`
      return { text: `Nobody has #${alert} any more${whose}: ${whatComes(deps, state)}.` }
    },
  }
}

/** What is told of an alert that nobody has. */
function whatComes({ escalateAfterMs }: AckDeps, state: AlertState): string {
  const reminders = isPastSaving(state.level)
    ? `that it is ${state.level} was told, and no reminder of that comes`
    : 'the reminders that it has come again'
  const atMs = nextNoticeMs(state, null, { ...NO_REMINDERS, escalateAfterMs })
  return atMs === Infinity
    ? reminders
    : `${reminders}. It is escalated ${ago(atMs)} if nobody acknowledges it`
}

/** @throws {Refusal} for what is not open, and for whoever may not write where it stands */
async function refuseOthers({ acts }: AckDeps, alertId: number, call: Call): Promise<void> {
  const channels = opened(acts.channelsOf(alertId), alertId, call)
  const may = await Promise.all(channels.map((id) => call.mayWriteIn(id)))
  if (may.includes(true)) return
  const where = channels.map((id) => `<#${id}>`).join(' or ')
  const unsure = `and I cannot tell now who that is${where && `: I do not see ${where} in this server`}. Try again in a minute.`
  throw new Refusal(
    may.includes(false)
      ? `Only who may write in ${where}, where #${alertId} stands, can do this.`
      : `Only who may write where #${alertId} stands can do this, ${unsure}`,
  )
}

function opened<T extends object>(found: T | NotOpen, alertId: number, { show }: Call): T {
  if (typeof found !== 'string') return found
  const lists = `\`${show('alerts')}\` lists what is open.`
  const why = {
    unknown: `There is no alert #${alertId}.`,
    over: `#${alertId} is over already.`,
    quiet: `#${alertId} was past saving when I first saw it: it calls nobody, so nobody needs to have it.`,
  }[found]
  throw new Refusal(`${why} ${lists}`)
}
