// The bot's own webhook in a channel: found by its application, made where there is none. Its token stays in memory.
import { ChannelType, Routes } from 'discord.js'
import { z } from 'zod'
import type { FoundWebhook } from '../alerts/outbox/channels.ts'
import { describeFailure, isDiscordsWord } from './answer.ts'
import { impatientRest } from './rest-agent.ts'

const channelSchema = z.object({
  type: z.number(),
  guild_id: z.string().nullish(),
  parent_id: z.string().nullish(),
})
const webhookSchema = z.object({
  id: z.string(),
  type: z.number(),
  token: z.string().nullish(),
  application_id: z.string().nullish(),
})
const madeSchema = webhookSchema.extend({ token: z.string() })
const idSchema = z.object({ id: z.string() })

/** What its messages are from, where a message does not say otherwise. */
const NAME = 'ibc-monitor'
const INCOMING = 1
/** Discord's limit for one channel. */
const MOST_WEBHOOKS = 15
const TIMEOUT_MS = 10_000

/** Types of channels. */
export const THREADS: readonly number[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
]
const WITH_MESSAGES: readonly number[] = [
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildVoice,
  ChannelType.GuildStageVoice,
]
/** They take no messages outside of their posts. */
export const FORUMS: readonly number[] = [ChannelType.GuildForum, ChannelType.GuildMedia]

const COPY_ID = '(right click on it, Copy Channel ID)'
const PERMISSIONS = '(channel settings, Permissions)'
const FULL = {
  reason: `it has ${MOST_WEBHOOKS} webhooks, as many as Discord allows`,
  mend: 'Delete one of them (channel settings, Integrations, Webhooks)',
}

/** What Discord's refusals mean here, by their code; by the status where that is 401. */
const REFUSALS: Readonly<Record<number, { reason: string; mend: string }>> = {
  401: { reason: 'Discord refuses the token of the bot', mend: 'Copy it anew from the Developer Portal into DISCORD_TOKEN' },
  10003: { reason: 'there is no such channel', mend: `Correct its id in the configuration ${COPY_ID}` },
  30007: FULL,
  50001: { reason: 'the bot may not see it', mend: `Give the bot's role View Channels and Manage Webhooks there ${PERMISSIONS}, or correct the id in the configuration` },
  50013: { reason: 'the bot lacks Manage Webhooks', mend: `Give the bot's role Manage Webhooks there ${PERMISSIONS}` },
} // biome-ignore format: a table reads better in rows

/** The bot's own webhooks, over REST alone. */
export function createOwnWebhooks({ token, apiBase }: { token: string; apiBase: string }) {
  // A channel is looked at again before a second webhook is made there.
  const rest = impatientRest(apiBase, token, { timeout: TIMEOUT_MS, retries: 0 })
  let applicationId: string | null = null

  const channelOf = async (id: string) => channelSchema.parse(await rest().get(Routes.channel(id)))

  async function search(channelId: string, make: boolean): Promise<FoundWebhook> {
    const { type, parent_id: parentId } = await channelOf(channelId)
    const isThread = THREADS.includes(type) && parentId
    if (!isThread && !WITH_MESSAGES.includes(type)) return wrongType(type)
    const home = isThread ? parentId : channelId
    applicationId ??= idSchema.parse(await rest().get(Routes.currentApplication())).id
    const all = z
      .array(webhookSchema)
      .parse(await rest().get(Routes.channelWebhooks(home)))
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
    let own = all.find((one) => one.type === INCOMING && one.application_id === applicationId && one.token)
    if (!own && all.length >= MOST_WEBHOOKS) return { kind: 'refused', ...FULL }
    if (!own && !make) return { kind: 'absent', reason: 'none is there yet' }
    own ??= madeSchema.parse(await rest().post(Routes.channelWebhooks(home), { body: { name: NAME } }))
    const url = `${apiBase.replace(/\/+$/, '')}/webhooks/${own.id}/${own.token}`
    return { kind: 'found', url: isThread ? `${url}?thread_id=${channelId}` : url }
  }

  return {
    /** The webhook in a channel, or in the channel of a thread; with `make` it is made where there is none. */
    async find(channelId: string, make: boolean): Promise<FoundWebhook> {
      try {
        return await search(channelId, make)
      } catch (error) {
        return outcomeOf(error)
      }
    },
    /**
     * The server of a channel.
     * @throws when Discord does not tell it
     */
    guildOf: async (channelId: string): Promise<string | null> =>
      (await channelOf(channelId)).guild_id ?? null,
  }
}

function outcomeOf(error: unknown): FoundWebhook {
  if (error instanceof z.ZodError) return { kind: 'failed', reason: 'what answered is not Discord' }
  if (isDiscordsWord(error)) {
    const refusal = REFUSALS[error.status === 401 ? 401 : (error.code as number)]
    if (refusal) return { kind: 'refused', ...refusal }
    if (error.status < 500 && error.status !== 429) {
      const reason = `Discord refuses it: ${error.status} ${error.message} (${error.code})`
      return { kind: 'refused', reason, mend: 'Look at the channel, and at what the bot may do there' }
    }
  }
  return { kind: 'failed', reason: `Discord could not be asked (${describeFailure(error).message})` }
}

function wrongType(type: number): FoundWebhook {
  if (FORUMS.includes(type)) {
    const reason = 'it is a forum, which takes no messages outside of its posts'
    return { kind: 'refused', reason, mend: `Name a text channel, or one post of the forum ${COPY_ID}` }
  }
  const reason = type === ChannelType.GuildCategory ? 'it is a category' : 'nothing can be written there'
  return { kind: 'refused', reason, mend: `Name a text channel or a thread ${COPY_ID}` }
}
