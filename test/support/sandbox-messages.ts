// A channel of the local Discord, as discord.js sees it, anew for each test.
import type { Client, TextChannel } from 'discord.js'
import { type LocalDiscord, startLocalDiscord } from './discord.ts'

export let local: LocalDiscord
export let { clock, world, server, channel, ann, connect } = {} as LocalDiscord
export let client: Client<true>
export let text: TextChannel

export async function setUp() {
  await startWith()
  ;({ clock, world, server, channel, ann, connect } = local)
  client = await connect()
  text = client.channels.cache.get(channel.id) as TextChannel
}

export async function startWith(options?: Parameters<typeof startLocalDiscord>[0]) {
  local = await startLocalDiscord(options)
}

export const button = (custom_id: string, extra = {}) => ({
  type: 2,
  style: 1,
  label: 'x',
  custom_id,
  ...extra,
})
export const row = (...components: object[]) => ({ type: 1, components })
