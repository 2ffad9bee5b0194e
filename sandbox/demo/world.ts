// The demo's scene: three chains with a relayer, a Discord with its people, a faucet, and the real bot between them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import { type ConfigInput, type Settings, settingsOf } from '../../src/config/index.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { type ChainEndpoint, serveChain } from '../chains/server.ts'
import type { ChainWorld } from '../chains/world.ts'
import { DiscordServer, type SpecValidator } from '../discord/server.ts'
import { DiscordWorld } from '../discord/world.ts'
import { ShiftedClock } from '../manual-clock.ts'
import { buildChains, CHAINS } from './chains.ts'
import { type DemoFaucet, FAUCET_SECRET, faucetConfig, openFaucet } from './faucet.ts'

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
  faucet: DemoFaucet
  /** User ids of the people whom the terminal can speak as, by name. */
  people: Readonly<Record<'you' | 'newcomer', string>>
  /** Ids of the channels, by name. */
  channels: Readonly<Record<'alerts' | 'general' | 'faucet', string>>
  /** Who speaks at the terminal, and in which channel. */
  at: { userId: string; channelId: string }
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

const ENDPOINTS_EACH = 2
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
  const channels = {
    alerts: discord.addChannel('alerts').id,
    general: discord.addChannel('general').id,
    faucet: discord.addChannel('faucet').id,
  }
  const webhook = discord.createWebhook(channels.alerts, { name: 'ibc-monitor' })
  const role = discord.addRole('relayers', [], true)
  const nowMs = clock.now()
  const people = {
    you: discord.addMember({ name: 'you', roles: [role.id] }).user.id,
    newcomer: discord.addMember({
      name: 'newcomer',
      createdAtMs: nowMs - 3 * DAY_MS,
      joinedAtMs: nowMs - 5 * HOUR_MS,
    }).user.id,
  }
  const faucet = await openFaucet(chains, clock)
  const mention = `<@&${role.id}>`
  const config: ConfigInput = {
    ...configuration(discord, role.id, endpoints),
    faucet: faucetConfig(faucet.server.url, { channel: channels.faucet, mention }),
  }
  const settings = await settingsOf(config, 'the demo')
  const secrets = {
    DISCORD_TOKEN: discord.token,
    DISCORD_WEBHOOK_URL: server.webhookUrl(webhook),
    [FAUCET_SECRET]: faucet.server.rules.secret,
  }
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ibc-monitor-demo-'))
  const app = createApp({
    settings,
    secrets,
    dataDirectory,
    discordApiBase: server.apiBase,
    logger: createLogger(options.logLevel, Object.values(secrets)),
    clock,
  })
  const { watch } = app.clients
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
    await app.wallets.check()
    await app.faucet?.tick()
    await app.delivery.flush()
  }

  return {
    clock,
    chains,
    discord,
    server,
    app,
    settings,
    faucet,
    people,
    channels,
    at: { userId: people.you, channelId: channels.general },
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
      await faucet.close()
      await Promise.all([...endpoints.values()].flat().map((endpoint) => endpoint.close()))
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
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
    // On the machine's clock: the story must not depend on the day it is told.
    schedule: { clients: '*/3 * * * * *', digest: false },
    limits: { requestsPerSecond: 1000 },
    chains: [...endpoints].map(([chainId, served]) => ({ chainId, rest: served.map(({ url }) => url) })),
  }
}
