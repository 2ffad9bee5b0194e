// The demo's scene: three chains with a relayer, a Discord with two channels, and the real bot between them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import { type ConfigInput, type Settings, settingsOf } from '../../src/config.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { ShiftedClock } from '../../src/kernel/manual-clock.ts'
import type { IbcGoVersion } from '../chains/profiles.ts'
import { type ChainEndpoint, serveChain } from '../chains/server.ts'
import { ChainWorld } from '../chains/world.ts'
import { DiscordServer, type SpecValidator } from '../discord/server.ts'
import { DiscordWorld } from '../discord/world.ts'

export interface SceneOptions {
  /** Of the bot's log, which goes to stderr: `silent`, `info`, `debug`. */
  logLevel: string
  /** Checks what the bot sends by Discord's description of its API. */
  strictSpec?: SpecValidator
}

/** A running world with the bot in it. */
export interface Scene {
  clock: ShiftedClock
  chains: ChainWorld
  discord: DiscordWorld
  server: DiscordServer
  app: App
  settings: Settings
  /** How many endpoints of a chain answer, and how many there are. */
  endpoints(chainId: string): { up: number; all: number }
  /** Takes all endpoints of a chain down, or brings them back; to be done within `act`. */
  serve(chainId: string, up: boolean): Promise<void>
  /** The user at the terminal. */
  you: string
  /** Ids of the channels that are shown, by name; `general` is where you write. */
  channels: { alerts: string; general: string }
  /** Starts the bot; resolves when it is connected, its commands are registered and every chain was read once. */
  start(): Promise<void>
  /**
   * Changes the world while the bot is not reading, then has it look. Resolves when it has looked and what it had to
   * say is delivered (or waits for another try).
   */
  act(change: () => unknown): Promise<void>
  /** Lets time pass, in steps small enough that the relayer and the bot keep up. At once when it is closed. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

interface ChainPlan {
  chainId: string
  version: IbcGoVersion
  height: number
  /** Trusting period of the clients that follow this chain: what its unbonding period allows. */
  trustingPeriodMs: number
  /** The next free numbers of client, connection and channel, so that no two chains share an id. */
  next: { client: number; connection: number; channel: number }
}

const CHAINS: readonly ChainPlan[] = [
  {
    chainId: 'cosmoshub-4',
    version: 'v10',
    height: 28_104_233,
    trustingPeriodMs: 14 * DAY_MS,
    next: { client: 259, connection: 257, channel: 141 },
  },
  {
    chainId: 'osmosis-1',
    version: 'v8',
    height: 21_004_112,
    trustingPeriodMs: 10 * DAY_MS,
    next: { client: 1, connection: 1, channel: 0 },
  },
  {
    chainId: 'juno-1',
    version: 'v7',
    height: 17_320_541,
    trustingPeriodMs: 18 * DAY_MS,
    next: { client: 60, connection: 68, channel: 42 },
  },
]

const ENDPOINTS_EACH = 2
/** Where a stranger's client has expired long ago: it is listed, and nobody is called for it. */
const ABANDONED = ['osmosis-1', 'cosmoshub-4', 'juno-1', 'osmosis-1', 'osmosis-1']
/** A part of the shortest trusting period: what the bot and the relayer may sleep through. */
const STEPS_PER_PERIOD = 50
const MOST_STEPS = 100

/** Builds the scene. Nothing of the bot runs before `start`. */
export async function buildScene(options: SceneOptions): Promise<Scene> {
  const clock = new ShiftedClock()
  const chains = buildChains(clock)
  const endpoints = new Map<string, ChainEndpoint[]>()
  for (const { chainId } of CHAINS) {
    const served = Array.from({ length: ENDPOINTS_EACH }, () => serveChain(chains, chainId))
    endpoints.set(chainId, await Promise.all(served))
  }
  const discord = new DiscordWorld({ clock, guildName: 'Relayers' })
  const server = await new DiscordServer(discord, { strictSpec: options.strictSpec }).listen()
  const channels = { alerts: discord.addChannel('alerts').id, general: discord.addChannel('general').id }
  const webhook = discord.createWebhook(channels.alerts, { name: 'ibc-monitor' })
  const role = discord.addRole('relayers', [], true)
  const you = discord.addMember({ name: 'you', roles: [role.id] }).user.id
  const settings = await settingsOf(configuration(discord, role.id, endpoints), 'the demo')
  const secrets = { DISCORD_TOKEN: discord.token, DISCORD_WEBHOOK_URL: server.webhookUrl(webhook) }
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ibc-monitor-demo-'))
  const app = createApp({
    settings,
    secrets,
    dataDirectory,
    discordApiBase: server.apiBase,
    logger: createLogger(options.logLevel, Object.values(secrets)),
    clock,
  })
  const { watch } = app.ibc
  const down = new Set<string>()
  let closed = false

  const isQuiet = () => CHAINS.every(({ chainId }) => watch.lastSweep(chainId)?.finishedMs != null)
  /** Until no sweep is under way: what is read on both sides of a jump in time looks like a halted chain. */
  const quiet = async () => {
    while (!closed && !isQuiet()) await watch.sweepAll()
  }

  const act = async (change: () => unknown) => {
    await quiet()
    if (closed) return
    await change()
    await watch.sweepAll()
    await watch.tick()
    await app.delivery.flush()
  }

  return {
    clock,
    chains,
    discord,
    server,
    app,
    settings,
    you,
    channels,
    endpoints(chainId) {
      const all = endpoints.get(chainId)!.length
      return { up: down.has(chainId) ? 0 : all, all }
    },
    async serve(chainId, up) {
      if (up !== down.has(chainId)) return
      if (up) down.delete(chainId)
      else down.add(chainId)
      await Promise.all(endpoints.get(chainId)!.map((one) => (up ? one.listen() : one.stop())))
    },
    async start() {
      await app.start()
      await quiet()
      // Registered in the background once the bot is connected.
      for (let i = 0; i < 500 && !closed && discord.commands.guild.length === 0; i++) await clock.sleep(10)
    },
    act,
    async pass(ms) {
      const shortestMs = Math.min(...CHAINS.map(({ trustingPeriodMs }) => trustingPeriodMs))
      const stepMs = Math.max(shortestMs / STEPS_PER_PERIOD, ms / MOST_STEPS)
      for (let leftMs = ms; leftMs > 0 && !closed; leftMs -= stepMs) {
        await act(() => {
          clock.shift(Math.min(stepMs, leftMs))
          chains.relayer.look()
        })
      }
    },
    async close() {
      closed = true
      chains.relayer.stop()
      await app.stop()
      discord.close()
      await server.close()
      await Promise.all([...endpoints.values()].flat().map((endpoint) => endpoint.close()))
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** The chains, each pair connected, every client fresh, and what strangers have left behind. */
function buildChains(clock: ShiftedClock): ChainWorld {
  const world = new ChainWorld(clock)
  for (const { chainId, version, height, next } of CHAINS) {
    const chain = world.addChain({ chainId, version, height })
    chain.nextClient = next.client
    chain.nextConnection = next.connection
    chain.nextChannel = next.channel
  }
  const periodOf = (chainId: string) => CHAINS.find((one) => one.chainId === chainId)!.trustingPeriodMs
  const pairs = [
    { a: 'cosmoshub-4', b: 'osmosis-1', channels: 2 },
    { a: 'cosmoshub-4', b: 'juno-1', channels: 1 },
    { a: 'osmosis-1', b: 'juno-1', channels: 3 },
  ]
  for (const [index, { a, b, channels }] of pairs.entries()) {
    world.openConnection(a, b, {
      channels,
      a: { trustingPeriodMs: periodOf(b), ageMs: (2 + index) * HOUR_MS },
      b: { trustingPeriodMs: periodOf(a), ageMs: (5 + index) * HOUR_MS },
    })
  }
  for (const [index, hostId] of ABANDONED.entries()) {
    const tracks = `ghost-${index + 1}`
    world.createClient(hostId, { tracks, trustingPeriodMs: 14 * DAY_MS, ageMs: (60 + 50 * index) * DAY_MS })
  }
  world.relayer.start()
  return world
}

/** What a person would write into config.ts, with a schedule that shows changes within seconds. */
function configuration(
  discord: DiscordWorld,
  roleId: string,
  endpoints: ReadonlyMap<string, readonly ChainEndpoint[]>,
): ConfigInput {
  return {
    discord: { guildId: discord.guild.id, adminRoles: [roleId] },
    alerts: { mention: [`<@&${roleId}>`], blindAfter: '10s' },
    schedule: { clients: '*/3 * * * * *' },
    limits: { requestsPerSecond: 1000 },
    chains: [...endpoints].map(([chainId, served]) => ({ chainId, rest: served.map(({ url }) => url) })),
  }
}
