// A Discord message as a webhook takes it, fitted to the limits of Discord.
import type { Embed } from '../discord/command.ts'
import { BLANK, LIMIT } from '../words/limits.ts'
import { shorten } from '../words/text.ts'

/** The body of Execute Webhook, as far as it is used. Nobody but the listed roles and users is pinged. */
export interface Payload {
  content: string
  embeds: Embed[]
  allowed_mentions: { parse: []; roles: string[]; users: string[] }
}

/** What stands before everything that a second watcher posts. */
export const FROM_STANDBY = 'from the standby: '

/** A payload that pings exactly the roles and users of `tags` (`<@&id>`, `<@id>`). */
export function payload(content: string, embeds: Embed[], tags: readonly string[]): Payload {
  const ids = (pattern: RegExp) => [...new Set(tags.flatMap((tag) => pattern.exec(tag)?.[1] ?? []))]
  return {
    content,
    embeds,
    allowed_mentions: { parse: [], roles: ids(/^<@&(\d+)>$/), users: ids(/^<@!?(\d+)>$/) },
  }
}

/**
 * An embed that Discord takes: each part within its limit, nothing empty, all of it within `maxTotal`. Texts are
 * shortened only here; what features write fits.
 */
export function fitEmbed(embed: Embed, maxTotal: number = LIMIT.embedsTotal): Embed {
  const fitted: Embed = {}
  let left = maxTotal
  const take = (text: string | undefined, max: number, whenEmpty = '') => {
    const cut = shorten((text ?? '').toWellFormed().trim(), Math.min(max, left)) || whenEmpty
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
    const name = take(field.name, Math.min(LIMIT.fieldName, left - 1), BLANK)
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
