// Turns a Reply into messages that Discord takes: split at its limits, page buttons, nobody pinged by accident. Pure.

import { BLANK, embedSize, LIMIT } from '../words/limits.ts'
import { shorten, splitText } from '../words/text.ts'
import type { Embed, Reply } from './command.ts'

/** A button as Discord's API takes it. */
const button = (label: string, custom_id: string, disabled: boolean) =>
  ({ type: 2, style: 2, label, custom_id, disabled }) as const
type Button = ReturnType<typeof button>

/** One message. Every part is always there, so that an edit replaces the whole message. */
export interface AnswerPayload {
  content: string
  embeds: Embed[]
  components: { type: 1; components: Button[] }[]
  files: { name: string; attachment: Buffer }[]
  allowedMentions: { parse: []; users: string[]; roles: string[]; repliedUser: false }
}

/** What a page button carries: enough to run the command again, also after a restart. */
export interface PageTarget {
  command: string
  /** Argument texts in the command's order; empty for one that was left out. */
  args: string[]
}

/**
 * The messages of an answer, in order, at least one. The text comes first, embeds join its last message, files go
 * with the last message, page buttons with the first. `target` says what the page buttons run; a note stands in for
 * them where the arguments do not fit into them.
 */
export function toPayloads(reply: Reply, target?: PageTarget): AnswerPayload[] {
  const nav = reply.page && reply.page.count > 1 && target ? pageButtons(reply.page, target) : []
  const note =
    nav === null && reply.page
      ? `Page ${reply.page.index + 1} of ${reply.page.count}: what was asked is too long for page buttons. Ask for less.`
      : ''
  const texts = splitText([reply.text ?? '', note].filter(Boolean).join('\n'))
  const groups = groupEmbeds((reply.embeds ?? []).flatMap(splitEmbed))
  const files = (reply.files ?? []).map(({ name, data }) => ({ name, attachment: data }))

  const payloads = texts.map((content) => blank(reply, content))
  for (const [i, embeds] of groups.entries()) {
    if (i === 0 && payloads.length > 0) payloads.at(-1)!.embeds = embeds
    else payloads.push({ ...blank(reply, ''), embeds })
  }
  if (payloads.length === 0) payloads.push(blank(reply, files.length > 0 ? '' : 'There is nothing to show.'))
  for (let i = 0; i < files.length; i += LIMIT.files) {
    if (i > 0) payloads.push(blank(reply, ''))
    payloads.at(-1)!.files = files.slice(i, i + LIMIT.files)
  }
  if (nav && nav.length > 0) payloads[0]!.components = [{ type: 1, components: nav }]
  return payloads
}

function blank(reply: Reply, content: string): AnswerPayload {
  const { users = [], roles = [] } = reply.mentions ?? {}
  return {
    content,
    embeds: [],
    components: [],
    files: [],
    allowedMentions: {
      parse: [],
      users: users.slice(0, LIMIT.tags),
      roles: roles.slice(0, LIMIT.tags),
      repliedUser: false,
    },
  }
}

/** Buttons `◀ 2/7 ▶`; null when the target does not fit into a button's id. */
function pageButtons(page: { index: number; count: number }, target: PageTarget): Button[] | null {
  const { index, count } = page
  const ids = [encodePage(index - 1, target), encodePage(index + 1, target)]
  if (ids.some((id) => id.length > LIMIT.customId)) return null
  return [
    button('◀', ids[0]!, index <= 0),
    button(`${index + 1}/${count}`, 'p', true),
    button('▶', ids[1]!, index >= count - 1),
  ]
}

/** `p:<page>:<command>:<arguments>`, the arguments percent-encoded, joined by commas, empty ones at the end cut off. */
function encodePage(page: number, target: PageTarget): string {
  const args = target.args.map((arg) => encodeURIComponent(Buffer.from(arg).toString())).join(',')
  return `p:${page}:${target.command}:${args.replace(/,+$/, '')}`
}

/** What a page button asks for; null where the id is none of ours or cannot be read. */
export function decodePage(customId: string): (PageTarget & { page: number }) | null {
  const match = /^p:(\d{1,6}):([^:]+):(.*)$/s.exec(customId)
  if (!match) return null
  try {
    return { page: Number(match[1]), command: match[2]!, args: match[3]!.split(',').map(decodeURIComponent) }
  } catch {
    return null
  }
}

/**
 * Splits an embed that is over a limit into several: the description at line ends, a field's value into fields
 * that follow it, fields over further embeds. Only titles, field names and footers are shortened.
 */
export function splitEmbed(embed: Embed): Embed[] {
  const { description, fields, footer, title, ...rest } = embed
  const color = embed.color === undefined ? {} : { color: embed.color }
  const head: Embed = { ...rest, ...(title && { title: shorten(title, LIMIT.title) }) }
  const [first, ...further] = splitText(description ?? '', LIMIT.description)
  const embeds: Embed[] = [{ ...head, ...(first && { description: first }) }]
  for (const piece of further) embeds.push({ ...color, description: piece })

  for (const field of (fields ?? []).flatMap(splitField)) {
    const last = embeds.at(-1)!
    const full = (last.fields?.length ?? 0) >= LIMIT.fields
    if (full || embedSize(last) + field.name.length + field.value.length > LIMIT.embedsTotal)
      embeds.push({ ...color })
    const target = embeds.at(-1)!
    target.fields = [...(target.fields ?? []), field]
  }
  if (footer?.text) {
    const text = shorten(footer.text, LIMIT.footer)
    if (embedSize(embeds.at(-1)!) + text.length > LIMIT.embedsTotal) embeds.push({ ...color })
    embeds.at(-1)!.footer = { text }
  }
  return embeds.filter((one) => embedSize(one) > 0)
}

type Field = NonNullable<Embed['fields']>[number]

function splitField(field: Field): Field[] {
  const inline = field.inline === undefined ? {} : { inline: field.inline }
  const values = splitText(field.value, LIMIT.fieldValue)
  if (values.length === 0) values.push(BLANK)
  const name = shorten(field.name, LIMIT.fieldName).trim() || BLANK
  return values.map((value, i) => ({ name: i === 0 ? name : BLANK, value, ...inline }))
}

/** Embeds in groups that fit into one message each: at most 10 embeds and 6,000 characters. */
function groupEmbeds(embeds: Embed[]): Embed[][] {
  const groups: Embed[][] = []
  let total = 0
  for (const embed of embeds) {
    const length = embedSize(embed)
    const group = groups.at(-1)
    if (!group || group.length >= LIMIT.embeds || total + length > LIMIT.embedsTotal) {
      groups.push([embed])
      total = length
    } else {
      group.push(embed)
      total += length
    }
  }
  return groups
}
