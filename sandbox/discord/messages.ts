// Messages of the local Discord's world: posting, editing, deleting, and who is pinged by them.
import { byId } from './ids.ts'
import type { Places } from './places.ts'
import {
  type Attachment,
  type Dispatch,
  FLAGS,
  INTENTS,
  type Message,
  type Upload,
  type User,
} from './types.ts'
import type { AllowedMentions, MessageBody } from './validate.ts'

/** A message about to be posted. */
export interface Draft {
  channelId: string
  author: User
  body: MessageBody
  uploads?: readonly Upload[]
  webhookId?: string
  applicationId?: string | null
  /** Only this user sees it. */
  ephemeralFor?: string
  /** A defer: "the bot is thinking". */
  loading?: boolean
  type?: number
  interactionMetadata?: Record<string, unknown>
  /** May ping everyone and roles that are not mentionable. */
  mayPingAll: boolean
}

type Listener = (message: Message) => void

/** All messages, by channel. */
export class Messages {
  readonly #world: Places
  readonly #byChannel = new Map<string, Message[]>()
  readonly #ephemeralFor = new Map<string, string>()
  readonly #uploads = new Map<string, Buffer>()
  readonly #mayPingAll = new WeakMap<Message, boolean>()
  readonly #listeners = {
    create: new Set<Listener>(),
    edit: new Set<Listener>(),
    remove: new Set<Listener>(),
  }

  constructor(world: Places) {
    this.#world = world
  }

  /** Calls `listener` for everything posted, edited or removed, ephemeral answers included. Returns the way out. */
  on(event: 'create' | 'edit' | 'remove', listener: Listener): () => void {
    this.#listeners[event].add(listener)
    return () => this.#listeners[event].delete(listener)
  }

  /** The messages of a channel, oldest first; ephemeral ones only for the viewer they are for. */
  list(channelId: string, viewerId?: string): Message[] {
    const all = this.#byChannel.get(channelId) ?? []
    return all.filter((one) => this.visibleTo(one, viewerId)).sort(byId)
  }

  /** Whether a user sees the message. */
  visibleTo(message: Message, userId?: string): boolean {
    const owner = this.#ephemeralFor.get(message.id)
    return owner === undefined || owner === userId
  }

  /** One message that everybody in the channel sees. */
  get(channelId: string, messageId: string): Message | undefined {
    return this.list(channelId).find((one) => one.id === messageId)
  }

  /** The content of an uploaded file. */
  file(attachmentId: string): Buffer | undefined {
    return this.#uploads.get(attachmentId)
  }

  post(draft: Draft): Message {
    const { body } = draft
    const world = this.#world
    const kept = (body.flags ?? 0) & (FLAGS.suppressEmbeds | FLAGS.suppressNotifications | FLAGS.componentsV2)
    const message: Message = {
      id: world.nextId(),
      channel_id: draft.channelId,
      author: draft.author,
      content: body.content ?? '',
      timestamp: new Date(world.clock.now()).toISOString(),
      edited_timestamp: null,
      tts: body.tts ?? false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      attachments: this.#attach(draft.channelId, draft.uploads ?? [], body),
      embeds: (body.embeds ?? []).map((one) => ({ type: 'rich', ...one })),
      components: body.components ?? [],
      pinned: false,
      type: draft.type ?? 0,
      flags: kept | (draft.ephemeralFor ? FLAGS.ephemeral : 0) | (draft.loading ? FLAGS.loading : 0),
    }
    if (draft.webhookId) message.webhook_id = draft.webhookId
    if (draft.applicationId) message.application_id = draft.applicationId
    if (draft.interactionMetadata) message.interaction_metadata = draft.interactionMetadata
    if (body.nonce !== undefined && body.nonce !== null) message.nonce = body.nonce
    this.#refer(message, body)
    this.#mayPingAll.set(message, draft.mayPingAll)
    this.#ping(message, body.allowed_mentions, draft.mayPingAll)
    const channel = world.channel(draft.channelId)
    if (channel) channel.last_message_id = message.id
    const all = this.#byChannel.get(draft.channelId) ?? []
    all.push(message)
    this.#byChannel.set(draft.channelId, all)
    if (draft.ephemeralFor) this.#ephemeralFor.set(message.id, draft.ephemeralFor)
    else this.#tell('MESSAGE_CREATE', message)
    for (const listener of this.#listeners.create) listener(message)
    return message
  }

  /** Changes the fields that the body names. */
  edit(message: Message, body: MessageBody, uploads: readonly Upload[] = []): Message {
    if (body.content !== undefined) message.content = body.content ?? ''
    if (body.embeds !== undefined)
      message.embeds = (body.embeds ?? []).map((one) => ({ type: 'rich', ...one }))
    if (body.components !== undefined) message.components = body.components ?? []
    if (body.attachments) {
      const kept = new Set(body.attachments.map((one) => one.id))
      message.attachments = message.attachments.filter((one) => kept.has(one.id))
    }
    message.attachments.push(...this.#attach(message.channel_id, uploads, body))
    if (body.flags !== undefined && body.flags !== null) {
      const changeable = FLAGS.suppressEmbeds | FLAGS.componentsV2
      // The flag for version 2 can be set and never taken off.
      message.flags = (message.flags & ~FLAGS.suppressEmbeds) | (body.flags & changeable)
    }
    const completes = (message.flags & FLAGS.loading) !== 0
    message.flags &= ~FLAGS.loading
    if (!completes) message.edited_timestamp = new Date(this.#world.clock.now()).toISOString()
    this.#ping(message, body.allowed_mentions, this.#mayPingAll.get(message) ?? false)
    if (!this.#ephemeralFor.has(message.id)) this.#tell('MESSAGE_UPDATE', message)
    for (const listener of this.#listeners.edit) listener(message)
    return message
  }

  remove(message: Message): void {
    const all = this.#byChannel.get(message.channel_id) ?? []
    this.#byChannel.set(
      message.channel_id,
      all.filter((one) => one.id !== message.id),
    )
    const guildId = this.#world.channel(message.channel_id)?.guild_id
    if (!this.#ephemeralFor.has(message.id)) {
      const d = { id: message.id, channel_id: message.channel_id, guild_id: guildId }
      this.#world.dispatch({ t: 'MESSAGE_DELETE', d, intent: this.#intent(message) })
    }
    for (const listener of this.#listeners.remove) listener(message)
  }

  /** The gateway's event for a message, as it is now. */
  event(t: string, message: Message): Dispatch {
    const { guild, members } = this.#world
    const d: Record<string, unknown> = structuredClone({ ...message })
    const channel = this.#world.channel(message.channel_id)
    if (channel?.guild_id) {
      d.guild_id = guild.id
      const member = message.webhook_id ? undefined : members.get(message.author.id)
      if (member) {
        const { user: _, ...rest } = member
        d.member = structuredClone(rest)
      }
    } else d.channel_type = 1
    return { t, d, intent: this.#intent(message) }
  }

  #tell(t: string, message: Message): void {
    this.#world.dispatch(this.event(t, message))
  }

  #intent(message: Message): number {
    return this.#world.channel(message.channel_id)?.guild_id ? INTENTS.guildMessages : INTENTS.directMessages
  }

  #attach(channelId: string, uploads: readonly Upload[], body: MessageBody): Attachment[] {
    return uploads.map((upload, index) => {
      const id = this.#world.nextId()
      this.#uploads.set(id, upload.data)
      const number = /^files\[(\d+)\]$/.exec(upload.field)?.[1] ?? String(index)
      const meta = body.attachments?.find((one) => one.id === number)
      const filename = meta?.filename ?? upload.name
      const url = `https://cdn.discordapp.com/attachments/${channelId}/${id}/${encodeURIComponent(filename)}`
      const description = meta?.description ? { description: meta.description } : {}
      const size = upload.data.length
      return { id, filename, ...description, content_type: upload.type, size, url, proxy_url: url }
    })
  }

  #refer(message: Message, body: MessageBody): void {
    const reference = body.message_reference
    if (!reference) return
    const target = this.get(message.channel_id, reference.message_id)
    if (!target) return
    const guildId = this.#world.channel(message.channel_id)?.guild_id
    message.type = 19
    message.message_reference = {
      type: 0,
      message_id: target.id,
      channel_id: message.channel_id,
      ...(guildId ? { guild_id: guildId } : {}),
    }
    message.referenced_message = target
  }

  /** Fills in who is pinged: what the text names, as far as `allowed_mentions` lets it. */
  #ping(message: Message, allowed: AllowedMentions | null | undefined, mayPingAll: boolean): void {
    const { members, users, guild } = this.#world
    const may = (kind: 'users' | 'roles', id: string) =>
      !allowed || allowed.parse?.includes(kind) || allowed[kind]?.includes(id)
    const mentioned = new Map<string, User>()
    for (const [, id] of message.content.matchAll(/<@!?(\d+)>/g)) {
      const user = members.get(id!)?.user ?? users.get(id!)
      if (user && may('users', id!)) mentioned.set(user.id, user)
    }
    const replied = message.referenced_message?.author
    if (replied && !message.webhook_id && (!allowed || allowed.replied_user))
      mentioned.set(replied.id, replied)
    message.mentions = [...mentioned.values()]
    const roleIds = [...message.content.matchAll(/<@&(\d+)>/g)].map(([, id]) => id!)
    message.mention_roles = [...new Set(roleIds)].filter((id) => {
      const role = guild.roles.get(id)
      return role && may('roles', id) && (role.mentionable || mayPingAll)
    })
    const everyone = /@(everyone|here)\b/.test(message.content)
    message.mention_everyone = everyone && mayPingAll && (!allowed || !!allowed.parse?.includes('everyone'))
  }
}

/** A message as an application without the Message Content intent sees it. Its own, DMs and mentions stay whole. */
export function withoutContent<T extends Record<string, unknown>>(message: T, applicationId: string): T {
  const one = message as unknown as Message & { guild_id?: string; channel_type?: number }
  const own = one.author?.id === applicationId || one.application_id === applicationId
  const mentioned = one.mentions?.some((user) => user.id === applicationId)
  if (own || mentioned || one.channel_type === 1) return message
  return { ...message, content: '', embeds: [], attachments: [], components: [] }
}
