// The alert channel of a seed's world: a local Discord with its faults, and all that reached it, for the auditor.

import { bech32m } from '@scure/base'
import type { ChannelRequest, WorldEvent } from '../auditor/log.ts'
import type { Fault } from '../discord/faults.ts'
import { secondBot } from '../discord/second-bot.ts'
import { DiscordServer, type RequestRecord } from '../discord/server.ts'
import type { Message } from '../discord/types.ts'
import { DiscordWorld } from '../discord/world.ts'
import type { ManualClock } from '../manual-clock.ts'
import type { OwnWay } from './bot.ts'

/** One of two watchers. */
export type Who = 'first' | 'second'

export class AlertChannel {
  readonly requests: ChannelRequest[] = []
  readonly world: DiscordWorld
  /** Whom alerts tag. */
  readonly mention: string
  /** Called with each message of the alert channel as soon as it is taken, before that is answered. */
  onTaken: (texts: string[]) => void = () => {}
  /** Called when somebody takes on or gives back an alert, and when the bot has said so. */
  onAcked: (ack: Omit<Extract<WorldEvent, { kind: 'acked' }>, 'atMs' | 'kind'>) => void = () => {}
  /** Called with what the second watcher answers where people ask. */
  onAnswered: (text: string) => void = () => {}
  readonly #clock: ManualClock
  readonly #channelId: string
  readonly #typed: string
  readonly #person: string
  readonly #webhook: { id: string; token: string }
  readonly #faults = new Map<string, { door: 'any' | 'webhook'; fault: Fault; holds?: string }>()
  #drips = 0
  #server: DiscordServer | null = null
  #asked: { number: string; done: (forMs: number) => void } | null = null
  /** What somebody has taken on last. */
  #has: { name: string; clientId: string; number: string } | undefined
  readonly #cut = new Set<Who>()
  #second: {
    world: DiscordWorld
    webhook: { id: string; token: string }
    server: DiscordServer | null
  } | null = null

  constructor(clock: ManualClock) {
    this.#clock = clock
    this.world = new DiscordWorld({ clock })
    this.mention = `<@&${this.world.addRole('relayers', [], true).id}>`
    this.#channelId = this.world.addChannel('alerts').id
    this.#typed = this.world.addChannel('commands').id
    this.#person = this.world.addMember({ name: 'somebody' }).user.id
    this.#webhook = this.world.createWebhook(this.#channelId)
    this.world.onMessage((message) => {
      const isAnswer = message.author.id === this.#second?.world.bot.id
      if (isAnswer && message.channel_id === this.#typed)
        this.onAnswered(JSON.stringify([message.content, message.embeds]))
      if (message.channel_id === this.#typed) this.#taken(message.content)
      if (message.channel_id !== this.#channelId) return
      const texts = this.#note('POST', message)
      this.onTaken(texts)
    })
    this.world.onEdit((message) => {
      if (message.channel_id === this.#channelId) this.#note('PATCH', message)
    })
  }

  /** A server for one life of the bot, on a port of its own: whoever was killed says nothing any more. */
  async serve(): Promise<DiscordServer> {
    await this.#server?.close()
    const server = new DiscordServer(this.world)
    server.onRequest((request) => this.#noteRefused(request))
    await server.listen()
    this.#server = server
    this.#arm()
    return server
  }

  /** What a second watcher goes by: an account and a webhook of its own, in the same channels. */
  second(): OwnWay {
    const webhook = this.world.createWebhook(this.#channelId)
    const second = { world: secondBot(this.world), webhook, server: null as DiscordServer | null }
    this.#second = second
    return {
      world: second.world,
      get webhookUrl() {
        return second.server!.webhookUrl(webhook)
      },
      serve: async () => {
        await second.server?.close()
        second.server = await new DiscordServer(second.world).listen()
        this.#arm()
        return second.server
      },
    }
  }

  /** One of the watchers does not reach Discord, or does again. */
  cut(who: Who, isCut: boolean): void {
    this.#cut[isCut ? 'add' : 'delete'](who)
    this.#arm()
  }

  /** Whether something is on its way here that its sender does not wait for any more. */
  get isLate(): boolean {
    return (this.#server?.late ?? 0) > 0
  }

  get webhookUrl(): string {
    return this.#server!.webhookUrl(this.#webhook)
  }

  /** Switches a fault on, or off (null). `name`: which one of those that may be on at once. */
  fault(name: string, fault: Fault | null, on: { door?: 'any' | 'webhook'; holds?: string } = {}): void {
    const { door = 'webhook', holds } = on
    if (fault) this.#faults.set(name, { door, fault, holds })
    else this.#faults.delete(name)
    this.#arm()
  }

  /** Somebody types into a channel where the bot answers. */
  type(text: string): void {
    this.world.say(this.#person, this.#typed, text)
  }

  /** Somebody has the newest alert of a client that stands in the channel, for so long; nobody any more (0). */
  ack(forMs: number): void {
    const shown = this.world.messages(this.#channelId).flatMap(({ webhook_id: id, embeds }) =>
      embeds.flatMap(({ title, footer }) => {
        const [, name, clientId] = /^(\S+) (\S+-\d+) \(tracks/.exec(title ?? '') ?? []
        const number = /#(\d+)$/.exec(footer?.text ?? '')?.[1]
        return id === this.#webhook.id && name && clientId && number ? { name, clientId, number } : []
      }),
    )
    const one = forMs > 0 ? shown.at(-1) : this.#has
    this.#has = forMs > 0 ? one : undefined
    if (!one) return
    const { number, ...about } = one
    const asked = { ...about, who: `<@${this.#person}>`, forMs }
    this.onAcked({ ...asked, taken: false })
    this.#asked = { number, done: (forMs) => this.onAcked({ ...asked, forMs, taken: true }) }
    this.type(forMs > 0 ? `$ack ${number} ${forMs / 60_000}m on it` : `$unack ${number}`)
  }

  /** Where people ask. */
  get typedId(): string {
    return this.#typed
  }

  /** Somebody new asks the faucet for tokens. */
  drip(): void {
    const { id } = this.world.addMember({ name: `drippy ${this.#drips}` }).user
    const bytes = new Uint8Array(28).fill(++this.#drips & 0xff)
    const address = bech32m.encode('lig', bech32m.toWords(bytes))
    this.world.slash(id, this.#typed, 'drip', { address })
  }

  async close(): Promise<void> {
    this.world.close()
    await Promise.all([this.#server?.close(), this.#second?.server?.close()])
  }

  #arm(): void {
    const servers = { first: this.#server, second: this.#second?.server }
    for (const who of ['first', 'second'] as const) {
      const faults = servers[who]?.faults
      faults?.clear()
      if (this.#cut.has(who)) faults?.add('any', { kind: 'reset' }, { times: Infinity })
      for (const { door, fault, holds } of this.#faults.values())
        faults?.add(door, fault, { times: Infinity, holds })
    }
  }

  /** The bot says that somebody has an alert, or that nobody has. */
  #taken(text: string): void {
    const said = /^(?:👀 <@\d+> has #(\d+) .*? until <t:(\d+)|Nobody has #(\d+) any more)/u.exec(text)
    const [, acked, untilS, given] = said ?? []
    const asked = this.#asked
    if (!said || asked?.number !== (acked ?? given)) return
    asked?.done(untilS ? Number(untilS) * 1000 - this.#clock.now() : 0)
    this.#asked = null
  }

  #note(method: 'POST' | 'PATCH', message: Message): string[] {
    const { id, content, mention_roles: roles, mentions, webhook_id: webhookId } = message
    const embeds = message.embeds.map(({ title, description }) =>
      [title, description].filter(Boolean).join('\n'),
    )
    const { webhook, world } = this.#second ?? {}
    const isSeconds = webhookId ? webhookId === webhook?.id : message.author.id === world?.bot.id
    this.requests.push({
      ...(isSeconds && { from: 'second' as const }),
      atMs: this.#clock.now(),
      method,
      by: webhookId ? 'webhook' : 'bot',
      status: 200,
      accepted: true,
      messageId: id,
      content,
      embeds,
      tags: [...roles.map((role) => `<@&${role}>`), ...mentions.map((user) => `<@${user.id}>`)],
    })
    return embeds
  }

  #noteRefused({ method, path, status, body }: RequestRecord): void {
    const refused = status >= 400 && status !== 429
    const { content } = (body ?? {}) as { content?: unknown }
    if (!refused || !path.startsWith('/webhooks/') || typeof content !== 'string') return
    this.requests.push({
      atMs: this.#clock.now(),
      method: method === 'PATCH' ? 'PATCH' : 'POST',
      by: 'webhook',
      status,
      accepted: false,
      messageId: null,
      content,
      embeds: [],
      tags: [],
    })
  }
}
