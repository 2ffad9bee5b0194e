// A local world that the doctor looks at: two chains, a Discord, a configuration file and a data directory.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import { type ChainEndpoint, type Faults, serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import { DiscordWorld, type WorldOptions } from '../../sandbox/discord/world.ts'
import { createFastClock } from '../../sandbox/fast-clock.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import type { DoctorReport, Finding } from '../../src/cli/doctor/findings.ts'
import { type DoctorDeps, runDoctor } from '../../src/cli/doctor/index.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import { captured } from './cli.ts'
import { discordDescription } from './world.ts'

/** Of the pauses between requests, and of time-outs. */
const wire = createFastClock(10)

export interface PatientOptions {
  version?: IbcGoVersion
  /** Endpoints of `host-1` by their faults; two healthy ones where left out. */
  endpoints?: Faults[]
  discord?: Partial<WorldOptions>
}

export interface Patient {
  clock: ManualClock
  chains: ChainWorld
  endpoints: ChainEndpoint[]
  discord: DiscordWorld
  server: DiscordServer
  channelId: string
  roleId: string
  webhook: ReturnType<DiscordWorld['createWebhook']>
  folder: string
  /** The configuration as it is written before each run; may be changed. */
  config: ConfigInput
  env: NodeJS.ProcessEnv
  /** What the file holds, in place of `config`. */
  configText: string | null
  run(options?: Partial<DoctorDeps>): Promise<Diagnosis>
  close(): Promise<void>
}

export interface Diagnosis extends DoctorReport {
  code: number
  /** The findings whose subject contains the word. */
  of(word: string): Finding[]
  /** What people see. */
  text: string
}

/** Makes a world in which nothing is wrong. */
export async function makePatient(options: PatientOptions = {}): Promise<Patient> {
  const clock = new ManualClock()
  const chains = new ChainWorld(clock)
  chains.addChain({ chainId: 'host-1', version: options.version ?? 'v8' })
  chains.addChain({ chainId: 'other-4' })
  chains.openConnection('host-1', 'other-4')
  const serve = (chainId: string, faults: Faults[]) =>
    Promise.all(faults.map((one) => serveChain(chains, chainId, one)))
  const endpoints = await serve('host-1', options.endpoints ?? [{}, {}])
  const others = await serve('other-4', [{}, {}])
  const discord = new DiscordWorld({ clock, ...options.discord })
  const server = await new DiscordServer(discord, { strictSpec: discordDescription() }).listen()
  const channelId = discord.addChannel('relayers').id
  const roleId = discord.addRole('watch', [], true).id
  const webhook = discord.createWebhook(channelId)
  const folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-doctor-'))
  const rest = (list: ChainEndpoint[]) => list.map(({ url }) => url)
  const patient: Patient = {
    clock,
    chains,
    endpoints,
    discord,
    server,
    channelId,
    roleId,
    webhook,
    folder,
    config: {
      discord: { guildId: discord.guild.id, commandChannels: [channelId], adminRoles: [roleId] },
      alerts: { mention: [`<@&${roleId}>`] },
      limits: { requestsPerSecond: 1000, timeout: '2s' },
      chains: [
        { chainId: 'host-1', name: 'Host', rest: rest(endpoints) },
        { chainId: 'other-4', name: 'Other', rest: rest(others) },
      ],
    },
    configText: null,
    env: {
      DISCORD_TOKEN: discord.token,
      DISCORD_WEBHOOK_URL: server.webhookUrl(webhook),
      DISCORD_API_BASE: server.apiBase,
    },
    async run({ clock: own = clock, resolve } = {}) {
      const deps = { clock: own, resolve, wireClock: { ...wire } }
      const config = join(folder, 'config.json')
      writeFileSync(config, patient.configText ?? JSON.stringify(patient.config))
      const json = captured()
      json.io.env = patient.env
      const data = join(folder, 'data')
      const code = await runDoctor({ config, data, json: true }, json.io, deps)
      const report = JSON.parse(json.out()) as DoctorReport
      const plain = captured()
      plain.io.env = patient.env
      const again = await runDoctor({ config, data, json: false }, plain.io, deps)
      if (again !== code) throw new Error(`--json changes the exit code: ${code}, ${again}`)
      const text = plain.err()
      const all = json.out() + text
      for (const secret of [discord.token, webhook.token]) {
        if (all.includes(secret)) throw new Error(`a secret was shown: ${all}`)
      }
      return {
        ...report,
        code,
        text,
        of: (word) => report.findings.filter(({ subject }) => subject.includes(word)),
      }
    },
    async close() {
      discord.close()
      await server.close()
      await Promise.all([...endpoints, ...others].map((one) => one.close()))
      chmodSync(folder, 0o700)
      rmSync(folder, { recursive: true, force: true })
      if (server.violations.length > 0) throw new Error(JSON.stringify(server.violations, null, 2))
    },
  }
  return patient
}
