// The local Discord's world: places, people, messages and interactions. It knows nothing of HTTP or sockets.
import { guildEvent } from './guild-view.ts'
import { type Autocomplete, type InteractionHandle, Interactions } from './interactions.ts'
import { Messages } from './messages.ts'
import { permissionBits } from './permissions.ts'
import { Places, type WorldOptions } from './places.ts'
import { INTENTS, type Message } from './types.ts'
import { autocomplete, type OptionValues, press, slash } from './users.ts'

export type { WorldOptions } from './places.ts'

/** One guild, one bot in it, and what people do there. Ids are made from the clock, in the order of the calls. */
export class DiscordWorld extends Places {
  readonly posts: Messages
  readonly interactions: Interactions

  constructor(options: WorldOptions) {
    super(options)
    this.posts = new Messages(this)
    this.interactions = new Interactions(this, this.posts)
  }

  /** A user writes into a channel. `replyTo`: the message that is answered. */
  say(userId: string, channelId: string, text: string, options: { replyTo?: string } = {}): Message {
    const author = this.users.get(userId)
    if (!author || !this.channel(channelId)) throw new Error(`no user ${userId} or no channel ${channelId}`)
    const reference = options.replyTo ? { message_reference: { message_id: options.replyTo } } : {}
    const mayPingAll = (this.permissions(userId, channelId) & permissionBits(['MENTION_EVERYONE'])) !== 0n
    return this.posts.post({ channelId, author, body: { content: text, ...reference }, mayPingAll })
  }

  /** A user calls a slash command. @throws what the user's client would not let them send */
  slash(userId: string, channelId: string, name: string, options: OptionValues = {}): InteractionHandle {
    return slash(this, userId, channelId, name, options)
  }

  /** A user types into the option `focused`; resolves with what is offered. */
  autocomplete(
    userId: string,
    channelId: string,
    name: string,
    options: OptionValues,
    focused: string,
  ): Promise<Autocomplete> {
    return autocomplete(this, userId, channelId, name, options, focused)
  }

  /** A user presses a button. @throws when it is not there, is off, or belongs to no application */
  press(userId: string, message: Message, customId: string): InteractionHandle {
    return press(this, userId, message, customId)
  }

  /** The gateway delivers once more what it has delivered before: an interaction or a message. */
  deliverTwice(what: InteractionHandle | Message): void {
    if ('payload' in what) this.dispatch({ t: 'INTERACTION_CREATE', d: what.payload, intent: 0 })
    else this.dispatch(this.posts.event('MESSAGE_CREATE', what))
  }

  /** The bot is invited again after it was thrown out. */
  inviteBot(): void {
    this.join(this.bot, { roles: [this.botRole.id] })
    this.dispatch({ t: 'GUILD_CREATE', d: guildEvent(this), intent: INTENTS.guilds })
  }

  /** The messages of a channel, oldest first; with `viewerId` also what only that user sees. */
  messages(channelId: string, viewerId?: string): Message[] {
    return this.posts.list(channelId, viewerId)
  }

  /** What the bot and a user wrote to each other directly. */
  directMessages(userId: string): Message[] {
    const channel = this.directChannels.get(userId)
    return channel ? this.posts.list(channel.id) : []
  }

  onMessage(listener: (message: Message) => void): () => void {
    return this.posts.on('create', listener)
  }

  onEdit(listener: (message: Message) => void): () => void {
    return this.posts.on('edit', listener)
  }

  onDelete(listener: (message: Message) => void): () => void {
    return this.posts.on('remove', listener)
  }

  /** Ends what waits for the clock. */
  close(): void {
    this.interactions.close()
  }
}
