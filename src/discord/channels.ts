// The bot's own messages outside of answers: into a channel, to a user; and reading a channel back. Over REST alone.
import { DiscordAPIError, type REST, Routes } from 'discord.js'
import { z } from 'zod'
import type { Logger } from '../kernel/logger.ts'
import { snowflakeAt } from '../kernel/snowflake.ts'
import { describeFailure, isDiscordsWord } from './answer.ts'
import type { Reply, SayInChannel } from './command.ts'
import { type AnswerPayload, toPayloads } from './reply.ts'

/** A message that was read back from a channel. */
export interface ReadMessage {
  id: string
  content: string
  embeds: { title?: string | undefined; description?: string | undefined }[]
  webhookId: string | null
  /** The bot's own account wrote it. */
  isOwn: boolean
  /** It came through a webhook that another application made. */
  isForeign: boolean
  /** The account of some bot wrote it. */
  isBot: boolean
  /** It answers a command. */
  isAnswer: boolean
  /** When it was changed last, Unix ms; null: never. */
  editedMs: number | null
}

const MessagesSchema = z.array(
  z.object({
    id: z.string(),
    content: z.string(),
    embeds: z.array(z.object({ title: z.string().optional(), description: z.string().optional() })),
    attachments: z.array(z.unknown()).default([]),
    webhook_id: z.string().optional(),
    application_id: z.string().nullish(),
    author: z.object({ id: z.string(), bot: z.boolean().default(false) }),
    edited_timestamp: z.string().nullish(),
    message_reference: z.unknown().optional(),
    interaction_metadata: z.unknown().optional(),
    components: z.array(z.unknown()).default([]),
  }),
)

/** A message that was accepted, a channel, or an account. Whatever else answers is not Discord (a login page: 200 with HTML). */
const MadeSchema = z.object({ id: z.string() })

/** Most messages that are read back, the newest ones; more than that since a moment ago is no channel for alerts. */
const READ_MAX = 1000
const READ_PAGE = 100

/** Failures that say "this user takes no messages from the bot". */
const DM_CLOSED: readonly (number | string)[] = [50007, 50278, 40003]

/** Messages of the bot's own account. A failure is logged, and told by the result where nothing else is said. */
export function createChannels(rest: () => REST, logger: Logger) {
  const ids = new Map<string, string>()
  /** The id of the bot's account, or of its application; asked for once. */
  const idOf = async (route: `/${string}`): Promise<string> => {
    const id = ids.get(route) ?? MadeSchema.parse(await rest().get(route)).id
    ids.set(route, id)
    return id
  }

  async function send(channelId: string, reply: Reply, signal?: AbortSignal, nonce?: string): Promise<void> {
    for (const [part, payload] of toPayloads(reply).entries()) {
      const { body, files } = requestOf(payload)
      // Each part its own, or only the first would be said.
      const own = part === 0 ? nonce : `${part} ${nonce}`.slice(0, 25)
      const once = nonce === undefined ? {} : { nonce: own, enforce_nonce: true }
      const route = Routes.channelMessages(channelId)
      MadeSchema.parse(await rest().post(route, { body: { ...body, ...once }, files, signal }))
    }
  }

  const say: SayInChannel = async (channelId, text, { mentions, nonce } = {}) => {
    try {
      await send(channelId, { text, mentions }, undefined, nonce)
      return true
    } catch (error) {
      logger.warn({ channelId, err: describeFailure(error) }, 'could not write into a channel')
      // What somebody before Discord refuses has not reached it.
      const { status = 500 } = error instanceof DiscordAPIError ? error : {}
      return status < 500 && status !== 408 ? false : null
    }
  }

  return {
    say,

    /**
     * Sends a direct message. False when the user's DMs are closed, or it can never be sent (logged).
     * @throws what may pass, also a wait that Discord asks for: it can be sent later
     */
    async dm(userId: string, reply: Reply, signal?: AbortSignal): Promise<boolean> {
      try {
        const channel = await rest().post(Routes.userChannels(), { body: { recipient_id: userId }, signal })
        await send(MadeSchema.parse(channel).id, reply, signal)
        return true
      } catch (error) {
        if (error instanceof DiscordAPIError && DM_CLOSED.includes(error.code)) return false
        logger.warn({ userId, err: describeFailure(error) }, 'a direct message could not be sent')
        if (mayPass(error)) throw error
        return false
      }
    },

    /**
     * The messages of a channel since a moment (Unix ms), oldest first. Null when the bot may not read it, or when
     * Discord hides what others wrote (no Message Content intent: their content and embeds come empty).
     * @throws what may pass (network, 429, 5xx): the same question can be answered later
     */
    async read(channelId: string, sinceMs: number): Promise<ReadMessage[] | null> {
      const found: ReadMessage[] = []
      const after = BigInt(snowflakeAt(sinceMs))
      const query = new URLSearchParams({ limit: String(READ_PAGE) })
      try {
        while (found.length < READ_MAX) {
          const page = MessagesSchema.parse(await rest().get(Routes.channelMessages(channelId), { query }))
          page.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1))
          const fresh = page.filter(({ id }) => BigInt(id) > after)
          for (const one of fresh) {
            const { id, content, embeds, attachments, components, author, webhook_id: webhookId = null } = one
            const application = webhookId === null ? null : one.application_id
            const isEmpty = [content, embeds, attachments, components].every(({ length }) => length === 0)
            if (webhookId && isEmpty) return null
            const isOwn = !webhookId && author.bot && author.id === (await idOf(Routes.user()))
            const isForeign = application != null && application !== (await idOf(Routes.currentApplication()))
            found.unshift({
              ...{ id, content, embeds, webhookId, isOwn, isForeign, isBot: author.bot },
              isAnswer: one.message_reference != null || one.interaction_metadata != null,
              editedMs: one.edited_timestamp ? Date.parse(one.edited_timestamp) : null,
            })
          }
          if (fresh.length < READ_PAGE) break
          query.set('before', fresh.at(-1)!.id)
        }
        return found
      } catch (error) {
        logger.info({ channelId, err: describeFailure(error) }, 'a channel could not be read')
        if (mayPass(error)) throw error
        return null
      }
    },
  }
}

/** The network and what stands in it, also where it answers in Discord's place; rate limits, and Discord's own trouble. */
function mayPass(error: unknown): boolean {
  return !isDiscordsWord(error) || error.status >= 500 || error.status === 429
}

/** A message as the REST API takes it. */
function requestOf(payload: AnswerPayload) {
  const { content, embeds, components, files, allowedMentions } = payload
  const { parse, users, roles } = allowedMentions
  return {
    body: { content, embeds, components, allowed_mentions: { parse, users, roles } },
    files: files.map(({ name, attachment }) => ({ name, data: attachment })),
  }
}
