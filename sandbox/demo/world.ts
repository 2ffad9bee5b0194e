// The demo's scene: three chains with a relayer, a Discord with its people, a faucet, and the real bot between them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import { type ConfigInput, type Settings, settingsOf } from '../../src/config/index.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { walletStore } from '../../src/wallets/store.ts'
import { type ChainEndpoint, serveChain } from '../chains/server.ts'
import type { ChainWorld } from '../chains/world.ts'
import { DiscordServer, type SpecValidator } from '../discord/server.ts'
import { DiscordWorld } from '../discord/world.ts'
import { ShiftedClock } from '../manual-clock.ts'
import { buildChains, CHAINS } from './chains.ts'
import { type DemoFaucet, FAUCET_SECRET, faucetConfig, openFaucet } from './faucet.ts'
import { turnInMs } from './turns.ts'

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
  /** Somebody has registered this wallet. */
  watchesWallet(chainId: string, address: string): boolean
  /** User ids of the people whom the terminal can speak as, by name; the newcomer is always one who has just come. */
  people: Record<'you' | 'newcomer', string>
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
  /**
   * Lets time pass, in steps small enough that the relayer and the bot keep up, with a stop wherever a client's severity
   * changes by itself. Whoever is no newcomer any more is followed by another. At once when it is closed.
   */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

const ENDPOINTS_EACH = 2
/** A part of the shortest trusting period: what the bot and the relayer may sleep through. */
const STEPS_PER_PERIOD = 50
const MOST_STEPS = 100
/** How long ago a newcomer joined. */
const NEW_MS = 5 * HOUR_MS

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
  const { channels, webhook, role, people } = furnish(discord, clock.now())
  const at = { userId: people.you, channelId: channels.general }
  const faucet = await openFaucet(chains, clock)
  const settings = await settingsOf(
    {
      ...configuration(discord, role.id, endpoints),
      faucet: faucetConfig(faucet.server.url, { channel: channels.faucet, mention: `<@&${role.id}>` }),
    },
    'the demo',
  )
  const secrets = {
    DISCORD_TOKEN: discord.token,
    DISCORD_WEBHOOK_URL: server.webhookUrl(webhook),
    [FAUCET_SECRET]: faucet.server.rules.secret,
  }
  const directory = temporaryDirectory()
  const app = createApp({
    settings,
    secrets,
    dataDirectory: directory.path,
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

  const pass = async (ms: number) => {
    const shortestMs = Math.min(...CHAINS.map(({ trustingPeriodMs }) => trustingPeriodMs))
    const stepMs = Math.max(shortestMs / STEPS_PER_PERIOD, ms / MOST_STEPS)
    let leftMs = ms
    while (leftMs > 0 && !closed) {
      await quiet()
      const jumpMs = Math.min(stepMs, leftMs, closed ? leftMs : turnInMs(app, settings, clock.now()))
      leftMs -= jumpMs
      await act(() => {
        clock.shift(jumpMs)
        chains.relayer.look()
      })
    }
    renewNewcomer({ discord, people, at }, clock.now())
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
    at,
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
    watchesWallet: (chainId, address) =>
      walletStore(app.database)
        .registrations()
        .some((one) => one.chainId === chainId && one.address === address),
    act,
    pass,
    async close() {
      closed = true
      chains.relayer.stop()
      await app.stop()
      discord.close()
      await server.close()
      await faucet.close()
      await Promise.all([...endpoints.values()].flat().map((endpoint) => endpoint.close()))
      directory.remove()
    },
  }
}

/** The channels, the relayers' webhook and role, and the people. */
function furnish(discord: DiscordWorld, nowMs: number) {
  const channels = {
    alerts: discord.addChannel('alerts').id,
    general: discord.addChannel('general').id,
    faucet: discord.addChannel('faucet').id,
  }
  const webhook = discord.createWebhook(channels.alerts, { name: 'ibc-monitor' })
  const role = discord.addRole('relayers', [], true)
  const people = {
    you: discord.addMember({ name: 'you', roles: [role.id] }).user.id,
    newcomer: newcomerAt(discord, nowMs),
  }
  return { channels, webhook, role, people }
}

/** A directory that is gone at the latest when the process ends, however it does. */
function temporaryDirectory() {
  const path = mkdtempSync(join(tmpdir(), 'ibc-monitor-demo-'))
  const clear = () => rmSync(path, { recursive: true, force: true })
  process.once('exit', clear)
  return {
    path,
    remove() {
      process.off('exit', clear)
      clear()
    },
  }
}

/** Somebody who has just come, by the world's clock: too new for the faucet. Returns the user id. */
const newcomerAt = (discord: DiscordWorld, nowMs: number): string =>
  discord.addMember({ name: 'newcomer', createdAtMs: nowMs - 3 * DAY_MS, joinedAtMs: nowMs - NEW_MS }).user.id

/** Whoever is no newcomer any more is followed by another, also at the terminal. */
function renewNewcomer({ discord, people, at }: Pick<Scene, 'discord' | 'people' | 'at'>, nowMs: number) {
  const joinedMs = Date.parse(discord.members.get(people.newcomer)?.joined_at ?? '')
  if (nowMs - joinedMs < 2 * NEW_MS) return
  const before = people.newcomer
  people.newcomer = newcomerAt(discord, nowMs)
  if (at.userId === before) at.userId = people.newcomer
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
