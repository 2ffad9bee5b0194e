// A local Discord with unmodified discord.js clients on it, for tests.
import { Client, DiscordAPIError, Events, GatewayIntentBits } from 'discord.js'
import { DiscordServer, type ServerOptions } from '../../sandbox/discord/server.ts'
import type { Channel, Member } from '../../sandbox/discord/types.ts'
import { DiscordWorld, type WorldOptions } from '../../sandbox/discord/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { restAgent } from '../../src/discord/rest-agent.ts'

const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits

/** A world with a channel and a member, a server over it, and the clients of one test. */
export interface LocalDiscord {
  clock: ManualClock
  world: DiscordWorld
  server: DiscordServer
  channel: Channel
  ann: Member
  /** A client that has not logged in. */
  makeClient(intents?: readonly GatewayIntentBits[]): Client
  /** A client that is ready. */
  connect(intents?: readonly GatewayIntentBits[]): Promise<Client<true>>
  close(): Promise<void>
}

/** Starts one; its clock stands still until it is moved. */
export async function startLocalDiscord(
  options: Omit<WorldOptions, 'clock'> & ServerOptions = {},
): Promise<LocalDiscord> {
  const clock = new ManualClock()
  const world = new DiscordWorld({ ...options, clock })
  const channel = world.addChannel('relayers')
  const ann = world.addMember({ name: 'ann' })
  const server = await new DiscordServer(world, options).listen()
  const clients: Client[] = []
  const makeClient = (intents: readonly GatewayIntentBits[] = [Guilds, GuildMessages, MessageContent]) => {
    const client = new Client({
      intents: [...intents],
      allowedMentions: { parse: [] },
      rest: { api: server.apiBase, retries: 0, agent: restAgent() },
    })
    // A fatal close is reported twice: here, and to whoever logs in.
    client.on(Events.Error, () => {})
    clients.push(client)
    return client
  }
  return {
    clock,
    world,
    server,
    channel,
    ann,
    makeClient,
    async connect(intents) {
      const client = makeClient(intents)
      const ready = nextEvent<Client<true>>(client, Events.ClientReady)
      await client.login(world.token)
      return ready
    },
    async close() {
      await Promise.all(clients.map((client) => client.destroy()))
      await server.close()
      world.close()
    },
  }
}

/** The first argument of a client's next event. */
export function nextEvent<T>(client: Client, event: string): Promise<T> {
  return new Promise((resolve) => client.once(event, (value: T) => resolve(value)))
}

/** Discord's JSON error code that a request fails with; `accepted` where it does not, the error where it has none. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error instanceof DiscordAPIError ? error.code : error
  }
  return 'accepted'
}
