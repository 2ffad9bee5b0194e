// Alarms by number, told through the local Discord, and the answers that stand in the place of its own.
import { type Fault, FRONT_PAGE } from '../../sandbox/discord/faults.ts'
import { aMessage } from './alerts.ts'
import { type DiscordDelivery, startDiscordDelivery } from './delivery.ts'

export let world: DiscordDelivery

export async function setUp() {
  world = await startDiscordDelivery()
}

/** One alert of its own, in a message of its own. */
export const alarm = (id: number, more: Parameters<typeof aMessage>[2] = {}) =>
  aMessage(id, {}, { group: null, identity: `thing ${id}`, headline: `🔴 alarm ${id}.`, ...more })

export const over = (...ids: number[]) =>
  ids.map((id) =>
    aMessage(
      id,
      { kind: 'resolved', level: 'ok' },
      { identity: `thing ${id}`, headline: `🟢 ${id} is well.`, embed: null },
    ),
  )

export async function tell(...messages: ReturnType<typeof aMessage>[]): Promise<void> {
  for (const message of messages) world.commit(message)
  await world.delivery.flush()
}

/** Which alarms stand in the channel, in order. */
export const alarms = () => world.posts().flatMap(({ content }) => /alarm (\d+)\./.exec(content)?.[1] ?? [])

export const json = (status: number, code: number, message: string): Fault => ({
  kind: 'answer',
  status,
  body: { code, message },
})
export const page = (status: number, body: unknown = FRONT_PAGE): Fault => ({ kind: 'answer', status, body })

/** No post of the webhook is taken any more. */
export const breaks = (fault: Fault = page(503)) =>
  world.faults.add('webhook', fault, { method: 'POST', times: Infinity })

/** Lets minutes pass, each in steps of ten seconds. */
export async function minutes(count: number): Promise<void> {
  for (let i = 0; i < count * 6; i++) await world.passing(10_000)
}

/** What the bot's own account said in a channel. */
export const own = (channelId = world.discord.channel.id) =>
  world.discord.world.messages(channelId).filter(({ author }) => author.id === world.discord.world.bot.id)

/** What was said of alarms, in order. */
export const lines = (channelId?: string) =>
  own(channelId).flatMap(({ content }) => (/^[🔴🟡]/u.test(content) ? [content] : []))
