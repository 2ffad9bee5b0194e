// The real command line as a child process, in a world of sandbox servers that outlives it; both on the machine's clock.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChainEndpoint, type Faults, serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import { DiscordWorld, type WorldOptions } from '../../sandbox/discord/world.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import { built } from './built.ts'
import { transcribe } from './transcript.ts'
import { discordDescription } from './world.ts'

/** A process of `ibc-monitor`. */
export interface BotProcess {
  child: ChildProcess
  /** What it wrote so far. */
  out(): string
  err(): string
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
}

/** Two chains, and a client on `alpha-1` that is critical: 16 h of its 14 days are left. */
export function oneCritical(chains: ChainWorld): void {
  chains.addChain({ chainId: 'alpha-1' })
  chains.addChain({ chainId: 'beta-1' })
  chains.openConnection('alpha-1', 'beta-1', {
    trustingPeriodMs: 14 * DAY_MS,
    a: { ageMs: 13.3 * DAY_MS },
    b: { trustingPeriodMs: 1000 * DAY_MS },
  })
}

export interface Outside {
  chains: ChainWorld
  endpoints: Map<string, ChainEndpoint[]>
  discord: DiscordWorld
  server: DiscordServer
  channelId: string
  role: string
  ann: string
  /** Directory of the configuration and the data. */
  directory: string
  configFile: string
  dataDirectory: string
  /** Environment of the processes; changes count for the next one. */
  env: Record<string, string>
  /** Runs `ibc-monitor` with these arguments; `--config` and `--data` are added. */
  run(...args: string[]): BotProcess
  /** Writes the configuration anew, changed. */
  configure(change: (config: Record<string, unknown>) => unknown): void
  /** What the webhook said. */
  lines(): string[]
  close(): Promise<void>
}

const open: Outside[] = []

/** Ends everything, processes too; fails where something was sent that Discord does not take. For `afterEach`. */
export async function closeOutside(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()))
}

export async function makeOutside(setup: {
  build(chains: ChainWorld): void
  endpoints?: Record<string, Faults[]>
  discord?: Partial<WorldOptions>
  /** The bot may not read the channel. */
  unreadable?: boolean
  /** On an older Node the processes read TypeScript, by tsx. */
  fromSource?: boolean
}): Promise<Outside> {
  const chains = new ChainWorld(systemClock)
  setup.build(chains)
  const endpoints = new Map<string, ChainEndpoint[]>()
  for (const chainId of chains.chains.keys()) {
    const faults = setup.endpoints?.[chainId] ?? [{}]
    endpoints.set(chainId, await Promise.all(faults.map((one) => serveChain(chains, chainId, one))))
  }
  const discord = new DiscordWorld({ clock: systemClock, ...setup.discord })
  transcribe(discord)
  const server = await new DiscordServer(discord, { strictSpec: discordDescription() }).listen()
  const denyBot = setup.unreadable ? (['READ_MESSAGE_HISTORY'] as const) : []
  const channelId = discord.addChannel('relayers', { denyBot }).id
  const role = `<@&${discord.addRole('relayers').id}>`
  const ann = discord.addMember({ name: 'ann' }).user.id
  const webhook = discord.createWebhook(channelId)
  const directory = mkdtempSync(join(tmpdir(), 'ibc-monitor-'))
  const configFile = join(directory, 'config.json')
  const dataDirectory = join(directory, 'data')
  const config = {
    discord: { guildId: discord.guild.id },
    alerts: { mention: [role] },
    limits: { requestsPerSecond: 1000, timeout: '2s' },
    chains: [...endpoints].map(([chainId, list]) => ({ chainId, rest: list.map(({ url }) => url) })),
  }
  writeFileSync(configFile, JSON.stringify(config))
  const running = new Set<ChildProcess>()
  const outside: Outside = {
    chains,
    endpoints,
    discord,
    server,
    channelId,
    role,
    ann,
    directory,
    configFile,
    dataDirectory,
    env: {
      PATH: process.env.PATH ?? '',
      DISCORD_TOKEN: discord.token,
      DISCORD_WEBHOOK_URL: server.webhookUrl(webhook),
      DISCORD_API_BASE: server.apiBase,
    },
    run(...args) {
      const [command = 'start', ...rest] = args
      const bin = setup.fromSource ? 'src/bin.js' : built('src/bin.js')
      const all = [bin, command, '--config', configFile, '--data', dataDirectory, ...rest]
      const child = spawn(process.execPath, all, { env: outside.env, stdio: ['ignore', 'pipe', 'pipe'] })
      running.add(child)
      let [out, err] = ['', '']
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        out += text
      })
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        err += text
      })
      const ended = new Promise<number | NodeJS.Signals>((resolve) =>
        child.on('close', (code, signal) => {
          running.delete(child)
          resolve(signal ?? code!)
        }),
      )
      return { child, out: () => out, err: () => err, ended }
    },
    configure(change) {
      writeFileSync(configFile, JSON.stringify(change(structuredClone(config)) ?? config))
    },
    lines: () =>
      discord
        .messages(channelId)
        .filter(({ webhook_id }) => webhook_id === webhook.id)
        .map(({ content }) => content),
    async close() {
      for (const child of running) child.kill('SIGKILL')
      discord.close()
      await server.close()
      await Promise.all([...endpoints.values()].flat().map((one) => one.close()))
      rmSync(directory, { recursive: true, force: true })
      if (server.violations.length > 0) throw new Error(JSON.stringify(server.violations, null, 2))
    },
  }
  open.push(outside)
  return outside
}

/** Kills a process as the machine's failure would, and waits for its end. */
export async function killed(bot: BotProcess): Promise<void> {
  bot.child.kill('SIGKILL')
  await bot.ended
}
