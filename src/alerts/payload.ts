// A Discord message as a webhook takes it, and the limits that it is fitted to (facts of Discord's API).
import type { Embed } from '../discord/command.ts'

/** The body of Execute Webhook, as far as it is used. Nobody but the listed roles and users is pinged. */
export interface Payload {
  content: string
  embeds: Embed[]
  allowed_mentions: { parse: []; roles: string[]; users: string[] }
}

/** Discord's limits in characters; counted here in UTF-16 units, which are never fewer than Discord's. */
export const LIMIT = {
  content: 2000,
  embeds: 10,
  embedsTotal: 6000,
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  tags: 100,
} as const

/** A payload that pings exactly the roles and users of `tags` (`<@&id>`, `<@id>`). */
export function payload(content: string, embeds: Embed[], tags: readonly string[]): Payload {
  const ids = (pattern: RegExp) => [...new Set(tags.flatMap((tag) => pattern.exec(tag)?.[1] ?? []))]
  return {
    content,
    embeds,
    allowed_mentions: { parse: [], roles: ids(/^<@&(\d+)>$/), users: ids(/^<@!?(\d+)>$/) },
  }
}

/** `text` in at most `max` UTF-16 units: cut at a word's end where there is one in the last part, and marked with `…`. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, Math.max(0, max - 1)).replace(/[\ud800-\udbff]$/, '')
  const words = /^([\s\S]*\S)\s+\S*$/.exec(cut)?.[1] ?? ''
  return max < 1 ? '' : `${words.length > cut.length / 2 ? words : cut}…`
}

/** A text on one line, with what JSON cannot carry (lone surrogates) replaced. */
export function oneLine(text: string): string {
  return wellFormed(text)
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .trim()
}

function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
}

/** How much of `LIMIT.embedsTotal` an embed takes. */
export function embedSize({ title, description, fields, footer }: Embed): number {
  const inFields = (fields ?? []).reduce((sum, { name, value }) => sum + name.length + value.length, 0)
  return (title?.length ?? 0) + (description?.length ?? 0) + inFields + (footer?.text.length ?? 0)
}

/**
 * An embed that Discord takes: each part within its limit, nothing empty, all of it within `maxTotal`. Texts are
 * shortened only here; what features write fits.
 */
export function fitEmbed(embed: Embed, maxTotal: number = LIMIT.embedsTotal): Embed {
  const fitted: Embed = {}
  let left = maxTotal
  const take = (text: string | undefined, max: number, whenEmpty = '') => {
    const cut = shorten(wellFormed(text ?? '').trim(), Math.min(max, left)) || whenEmpty
    left -= cut.length
    return cut
  }
  // The footer holds the alert's number and comes first, so that it is never what is left out.
  const footer = take(embed.footer?.text, LIMIT.footer)
  const title = take(embed.title, LIMIT.title)
  const description = take(embed.description, LIMIT.description)
  if (title) fitted.title = title
  if (description) fitted.description = description
  if (embed.url && isWebUrl(embed.url)) fitted.url = embed.url
  if (embed.color !== undefined && embed.color >= 0 && embed.color <= 0xffffff)
    fitted.color = Math.trunc(embed.color)
  const fields: NonNullable<Embed['fields']> = []
  for (const field of (embed.fields ?? []).slice(0, LIMIT.fields)) {
    if (left < 2) break
    const name = take(field.name, Math.min(LIMIT.fieldName, left - 1), '\u200b')
    const value = take(field.value, LIMIT.fieldValue, '–')
    fields.push(field.inline === undefined ? { name, value } : { name, value, inline: field.inline })
  }
  if (fields.length > 0) fitted.fields = fields
  if (footer) fitted.footer = { text: footer }
  return fitted
}

function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url) && url.length <= 2048
}
