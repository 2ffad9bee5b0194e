// What Discord accepts as a message: limits of texts and embeds, who may be mentioned, and what counts as empty.
import { z } from 'zod'
import { emptyMessage, invalidForm } from './errors.ts'
import { find, lengthOf, parseForm, sized, snowflake, text, url } from './form.ts'
import { type Component, type EmbedObject, FLAGS } from './types.ts'
import { rows, v2Components } from './validate-components.ts'

const MOST_EMBED_TEXT = 6000
const IMAGE_SCHEMES = ['http', 'https', 'attachment']

const embed = z.object({
  type: z.string().nullish(),
  title: text(256).nullish(),
  description: text(4096).nullish(),
  url: url(2048).nullish(),
  color: z.int().min(0).max(0xffffff).nullish(),
  timestamp: z
    .string()
    .refine((value) => !Number.isNaN(Date.parse(value)), { params: { discord: 'DATE_TIME_TYPE_PARSE' } })
    .nullish(),
  footer: z.object({ text: text(2048, true), icon_url: url(2048, IMAGE_SCHEMES).nullish() }).nullish(),
  author: z
    .object({ name: text(256, true), url: url(2048).nullish(), icon_url: url(2048, IMAGE_SCHEMES).nullish() })
    .nullish(),
  image: z.object({ url: url(2048, IMAGE_SCHEMES) }).nullish(),
  thumbnail: z.object({ url: url(2048, IMAGE_SCHEMES) }).nullish(),
  fields: z
    .array(z.object({ name: text(256, true), value: text(1024, true), inline: z.boolean().nullish() }))
    .max(25)
    .nullish(),
})

const embeds = z
  .array(embed)
  .max(10)
  .superRefine((list, ctx) => {
    if (list.reduce((sum, one) => sum + embedSize(one), 0) <= MOST_EMBED_TEXT) return
    find(ctx, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MOST_EMBED_TEXT}`)
  })

const allowedMentions = z
  .object({
    parse: z.array(z.enum(['users', 'roles', 'everyone'])).nullish(),
    users: z.array(snowflake).max(100).nullish(),
    roles: z.array(snowflake).max(100).nullish(),
    replied_user: z.boolean().nullish(),
  })
  .superRefine((one, ctx) => {
    for (const kind of ['users', 'roles'] as const) {
      const ids = one[kind]
      if (!ids?.length || !one.parse?.includes(kind)) continue
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`
      find(ctx, 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message)
    }
  })

export type AllowedMentions = z.infer<typeof allowedMentions>

const attachments = z
  .array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      filename: z.string().nullish(),
      description: text(1024).nullish(),
    }),
  )
  .max(10)

const shared = {
  content: text(2000).nullish(),
  embeds: embeds.nullish(),
  allowed_mentions: allowedMentions.nullish(),
  attachments: attachments.nullish(),
  flags: z.int().nullish(),
}

const extras = {
  tts: z.boolean().nullish(),
  nonce: z.union([sized(0, 25), z.int()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: z
    .object({
      message_id: snowflake,
      channel_id: snowflake.nullish(),
      guild_id: snowflake.nullish(),
      fail_if_not_exists: z.boolean().nullish(),
    })
    .nullish(),
}

const username = sized(1, 80).superRefine((value, ctx) => {
  for (const word of ['clyde', 'discord']) {
    if (!value.toLowerCase().includes(word)) continue
    find(ctx, 'USERNAME_INVALID_CONTAINS', `Username cannot contain "${word}"`)
  }
})

const webhookExtras = {
  username: username.nullish(),
  avatar_url: url(2048).nullish(),
  thread_name: z.string().nullish(),
}

const plainBody = z.object({ ...shared, ...extras, ...webhookExtras, components: rows.nullish() })
const v2Body = z.object({ ...shared, ...extras, ...webhookExtras, components: v2Components.nullish() })

/** A message's body that passed. `undefined` fields were not sent, `null` empties them. */
export type MessageBody = z.infer<typeof plainBody>

/** The name and picture of a webhook. */
export const webhookBody = z.object({ name: username, avatar: z.string().nullish() })

/** What a user's client is offered while typing. */
export const choicesBody = z.object({
  choices: z.array(z.object({ name: sized(1, 100), value: z.union([sized(0, 100), z.number()]) })).max(25),
})

/**
 * Checks the body of a message or of an edit. `before` is the message that is edited; `files` counts the uploads.
 * `prefix` is where the body stands in the request (`['data']` in an interaction's answer).
 * @throws {DiscordError} 50035 (a limit), 50006 (nothing would be left to see)
 */
export function parseMessage(
  body: unknown,
  options: {
    files: number
    before?: {
      content: string
      embeds: EmbedObject[]
      components: Component[]
      attachments: unknown[]
      flags: number
    }
    prefix?: string[]
  },
): MessageBody {
  const { files, before, prefix = [] } = options
  const flags = Number((body as { flags?: number } | null)?.flags ?? before?.flags ?? 0)
  const v2 = (flags & FLAGS.componentsV2) !== 0
  const parsed = parseForm<MessageBody>(v2 ? v2Body : plainBody, body ?? {}, prefix)
  if (v2 && (parsed.content || parsed.embeds?.length)) {
    const message = 'The content and embeds fields cannot be used with components of version 2'
    const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2'
    throw invalidForm([{ path: [...prefix, parsed.content ? 'content' : 'embeds'], code, message }])
  }
  const kept = parsed.attachments === undefined ? (before?.attachments ?? []) : (parsed.attachments ?? [])
  const left = [
    parsed.content === undefined ? before?.content : parsed.content,
    (parsed.embeds === undefined ? before?.embeds : parsed.embeds)?.filter((one) => !isBlank(one)).length,
    (parsed.components === undefined ? before?.components : parsed.components)?.length,
    before ? kept.length + files : files,
  ]
  if (!left.some(Boolean)) throw emptyMessage()
  return parsed
}

/** The characters of an embed that count towards the sum of 6,000. */
export function embedSize(one: EmbedObject): number {
  const texts = [one.title, one.description, one.footer?.text, one.author?.name]
  for (const field of one.fields ?? []) texts.push(field.name, field.value)
  return texts.reduce((sum, value) => sum + lengthOf(value ?? ''), 0)
}

function isBlank(one: EmbedObject): boolean {
  return embedSize(one) === 0 && !one.image && !one.thumbnail && !one.url
}
