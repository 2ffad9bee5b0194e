// A whole world for end-to-end tests: sandbox chains, a local Discord and the real bot, on one clock moved by hand.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type ChainEndpoint, type Faults, serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { DiscordServer, type SpecValidator } from '../../sandbox/discord/server.ts'
import type { Message, Webhook } from '../../sandbox/discord/types.ts'
import { DiscordWorld, type WorldOptions } from '../../sandbox/discord/world.ts'
import { createFastClock } from '../../sandbox/fast-clock.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { type App, type AppOptions, createApp } from '../../src/app.ts'
import { type ConfigInput, type Settings, settingsOf } from '../../src/config/index.ts'
import { loadDiscordOpenApi } from './discord-openapi.ts'
import { transcribe } from './transcript.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** How often the watch looks for what is due; the step in which time passes. */
const STEP_MS = 15_000
/** A cron that does not come: sweeps are started by the test, or by the watch itself. */
const NEVER = '0 0 31 12 *'

export interface WorldSetup {
  /** Makes the chains and their clients. */
  build(chains: ChainWorld): void
  /** Endpoints of each chain by their faults; one healthy endpoint where left out. */
  endpoints?: Record<string, Faults[]>
  /** Changes the configuration that names every chain of the world. */
  config?: (base: Required<Pick<ConfigInput, 'chains'>> & ConfigInput) => ConfigInput
  discord?: Partial<WorldOptions>
  /** Parts of the bot that are not the real ones. */
  app?: (world: TestWorld) => Partial<AppOptions>
  /** The clock's first moment, Unix ms. */
  startMs?: number
  /** Some endpoint is to hang later on: no answer is waited for long. Left out: as `endpoints` say. */
  hangs?: boolean
}

export interface TestWorld {
  clock: ManualClock
  chains: ChainWorld
  endpoints: Map<string, ChainEndpoint[]>
  discord: DiscordWorld
  server: DiscordServer
  channelId: string
  /** A role that alerts tag, and how it is written. */
  roleId: string
  role: string
  /** A member without any rights. */
  ann: string
  webhook: Webhook
  settings: Settings
  /** The bot that runs now. */
  app: App
  dataDirectory: string
  log: { level: number; msg: string; [key: string]: unknown }[]
  /** Secrets that the bot is started with; may be changed before `restart`. */
  secrets: Record<string, string>
  /** Waits until nothing is under way: sweeps, readings and deliveries that do not wait for the clock. */
  quiet(): Promise<void>
  /** Lets time pass in steps of 15 s, as the watch sees it, and waits for what happens in each. */
  pass(ms: number): Promise<void>
  /** Time passes at once, as while the machine sleeps; what is due by then happens afterwards. */
  leap(ms: number): Promise<void>
  /** Sweeps every chain and waits. */
  sweep(): Promise<void>
  /** Stops the bot; `restart` starts one anew over the same database, with other settings where given. */
  stop(): Promise<void>
  restart(settings?: Settings): Promise<void>
  /** What the webhook said, oldest first, as it stands now. */
  posts(): Message[]
  /** The first lines of `posts`. */
  lines(): string[]
  /** `lines` that have come since the last call. */
  news(): string[]
  /** What the bot's own account said in the channel. */
  answers(): Message[]
  close(): Promise<void>
}

/** Pauses between requests, and time-outs, run faster; not faster than this process, which holds the nodes too. */
const wire = createFastClock(10)

let validator: SpecValidator | undefined

/** Discord's own description of its API where `DISCORD_OPENAPI` names its file: all that is sent must fit it. */
export function discordDescription(): SpecValidator | undefined {
  const file = process.env.DISCORD_OPENAPI
  if (file) validator ??= loadDiscordOpenApi(file)
  return validator
}

const open: TestWorld[] = []

/** Ends every world that was started, and fails where one of them sent what Discord does not take; for `afterEach`. */
export async function closeWorlds(): Promise<void> {
  await Promise.all(open.splice(0).map((world) => world.close()))
}

/** Makes a world, starts the bot in it and waits for its first sweep. */
export async function startWorld(setup: WorldSetup): Promise<TestWorld> {
  const world = await makeWorld(setup)
  await world.restart()
  return world
}

/** Makes a world; the bot is not started yet (`restart` does). */
export async function makeWorld(setup: WorldSetup): Promise<TestWorld> {
  const clock = new ManualClock(setup.startMs)
  const chains = new ChainWorld(clock)
  setup.build(chains)
  const endpoints = new Map<string, ChainEndpoint[]>()
  for (const chainId of chains.chains.keys()) {
    const faults = setup.endpoints?.[chainId] ?? [{}]
    endpoints.set(chainId, await Promise.all(faults.map((one) => serveChain(chains, chainId, one))))
  }
  const discord = new DiscordWorld({ clock, ...setup.discord })
  transcribe(discord)
  const server = await new DiscordServer(discord, { strictSpec: discordDescription() }).listen()
  const channelId = discord.addChannel('relayers').id
  const ann = discord.addMember({ name: 'ann' }).user.id
  const roleId = discord.addRole('relayers').id
  const role = `<@&${roleId}>`
  const webhook = discord.createWebhook(channelId)
  // Real time: no answer may come too late because the machine is busy, and what never comes is not waited for long.
  const hangs =
    setup.hangs ?? Object.values(setup.endpoints ?? {}).some((list) => list.some(({ hang }) => hang))
  const base = {
    discord: { guildId: discord.guild.id },
    alerts: { mention: [role] },
    schedule: { clients: NEVER, wallets: NEVER, digest: NEVER },
    limits: { requestsPerSecond: 1000, timeout: hangs ? '1s' : '10s' },
    chains: [...endpoints].map(([chainId, list]) => ({ chainId, rest: list.map(({ url }) => url) })),
  }
  const settings = await settingsOf(setup.config?.(base) ?? base)
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ibc-monitor-'))
  const log: TestWorld['log'] = []
  const leaks: string[] = []
  const logger = pino(
    { level: 'debug' },
    {
      write(line: string) {
        if (line.includes(discord.token) || line.includes('a-webhook-token')) leaks.push(line)
        log.push(JSON.parse(line))
      },
    },
  )
  // Of this world alone: what a host asked for is kept for each clock, and ports are used again.
  const wireClock = { ...wire }
  let app: App | null = null
  let told = 0
  const world: TestWorld = {
    clock,
    chains,
    endpoints,
    discord,
    server,
    channelId,
    roleId,
    role,
    ann,
    webhook,
    settings,
    get app() {
      if (!app) throw new Error('the bot does not run')
      return app
    },
    dataDirectory,
    log,
    secrets: { DISCORD_TOKEN: discord.token, DISCORD_WEBHOOK_URL: server.webhookUrl(webhook) },
    async quiet() {
      if (!app) return
      await app.clients.watch.idle()
      await app.delivery.flush()
    },
    async pass(ms) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        await clock.advance(Math.min(left, STEP_MS))
        await world.quiet()
      }
    },
    async leap(ms) {
      clock.set(clock.now() + Math.max(0, ms - STEP_MS))
      await world.pass(Math.min(ms, STEP_MS))
    },
    async sweep() {
      await world.app.clients.watch.sweepAll()
      await world.quiet()
    },
    async stop() {
      const stopping = app
      app = null
      await stopping?.stop()
    },
    async restart(changed = world.settings) {
      await world.stop()
      world.settings = changed
      const next = createApp({
        settings: changed,
        secrets: world.secrets,
        dataDirectory,
        discordApiBase: server.apiBase,
        logger,
        clock,
        wireClock,
        ...setup.app?.(world),
      })
      app = next
      await next.start()
      await world.quiet()
    },
    posts: () =>
      discord
        .messages(channelId)
        .filter(({ webhook_id }) => webhook_id !== undefined && webhook_id !== discord.applicationId),
    lines: () => world.posts().map(({ content }) => content),
    news() {
      const lines = world.lines()
      const since = lines.slice(told)
      told = lines.length
      return since
    },
    answers: () =>
      discord.messages(channelId).filter(({ author, type }) => author.id === discord.bot.id && type !== 20),
    async close() {
      await world.stop()
      discord.close()
      await server.close()
      await Promise.all([...endpoints.values()].flat().map((one) => one.close()))
      rmSync(dataDirectory, { recursive: true, force: true })
      if (leaks.length > 0) throw new Error(`secrets in the log: ${leaks.join('')}`)
      if (server.violations.length > 0) throw new Error(JSON.stringify(server.violations, null, 2))
    },
  }
  open.push(world)
  return world
}
