// `doctor`: looks at everything that the bot needs, and says of each whether it is well and how to mend it.
import { join } from 'node:path'
import type { FoundWebhook } from '../../alerts/outbox/channels.ts'
import { DEFAULT_WEBHOOK } from '../../alerts/settings.ts'
import { webhookUrls } from '../../alerts/webhooks.ts'
import type { ChainSettings, Undecided } from '../../chains/settings.ts'
import { whichChain } from '../../chains/undecided.ts'
import { discordApiBase, type Settings } from '../../config/index.ts'
import { createGuildStore } from '../../discord/guild-store.ts'
import { createOwnWebhooks } from '../../discord/own-webhooks.ts'
import { probeDiscord } from '../../discord/probe.ts'
import { type Io, peopleStream, wantsColour } from '../../kernel/io.ts'
import { secretCutter } from '../../kernel/logger.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { proxySecrets, readProxy } from '../../net/proxy.ts'
import { DATABASE_FILE } from '../../storage/database.ts'
import { readDatabase } from '../../storage/inspect.ts'
import { printableLine } from '../../words/text.ts'
import { type ChainLook, type ChainLookDeps, lookAtChain } from './chains.ts'
import { lookAtConfig } from './config.ts'
import { discordFindings, guildIdFindings, mentionedUsers } from './discord.ts'
import { faucetChannelFindings, faucetChannels, lookAtFaucets } from './faucet.ts'
import { about, type Finding, report, reportText } from './findings.ts'
import { clockFinding, machineFindings, proxyFindings } from './machine.ts'
import { lookAtOps } from './ops.ts'
import { lookAtPagers } from './pagers.ts'
import { lookAtRegistered } from './registered.ts'
import { keptTokens } from './wallets.ts'
import { askWebhooks, ownWebhookFindings, placeOfWay, webhookFindings } from './webhooks.ts'

export interface DoctorOptions {
  config: string
  /** The data directory. */
  data: string
  json: boolean
}

/** What tests hand in besides the clock. */
export type DoctorDeps = Pick<ChainLookDeps, 'clock' | 'wireClock' | 'resolve'>

const TIMEOUT_MS = 10_000

/**
 * Runs the doctor; nothing is changed anywhere, and the bot may run meanwhile. Returns the exit code: 0, 1 when
 * something is wrong, 2 when the configuration cannot be read (what does not need it is looked at all the same).
 */
export async function runDoctor(options: DoctorOptions, io: Io, deps: DoctorDeps): Promise<number> {
  const { findings, settings, secrets } = await lookAtConfig(options.config, io.env)
  if (settings !== null) {
    if (io.err.isTTY && !options.json) io.err.write('Asking the chains and Discord …\n')
    const asked = await Promise.all([
      chainsAndClock(settings, options.data, deps),
      discordAndWebhooks(settings, secrets, options.data, discordApiBase(io.env)),
      lookAtPagers(settings, secrets, TIMEOUT_MS),
      lookAtFaucets(settings, secrets, deps.clock),
      lookAtOps(settings, secrets, options.data),
    ])
    findings.push(...asked.flat())
  }
  findings.push(...machineFindings(options.data), ...proxyFindings(io.env))
  const found = report(harmless(findings, [...Object.values(secrets), ...proxySecrets(readProxy(io.env))]))
  if (options.json) io.out.write(`${JSON.stringify(found, null, 2)}\n`)
  else {
    const stream = peopleStream(io)
    stream.write(reportText(found, { colour: wantsColour(io, stream) }))
  }
  return settings === null ? 2 : found.ok ? 0 : 1
}

async function chainsAndClock(settings: Settings, data: string, given: DoctorDeps): Promise<Finding[]> {
  const deps = { ...given, kept: keptTokens(settings, data) }
  const [configured, undecided, registered] = await Promise.all([
    Promise.all(settings.chains.map((chain) => lookAtConfigured(chain, deps))),
    Promise.all(settings.undecided.map((one) => lookAtUndecided(one, deps))),
    lookAtRegistered(settings, data, deps),
  ])
  const looks = [...configured, ...undecided, ...registered.looks]
  const { warning, wrong } = about('machine')
  const found = [...looks.flatMap(({ findings }) => findings), ...registered.findings]
  if (looks.length > 1 && looks.every(({ readable }) => !readable)) {
    const text = `none of ${looks.length} chains can be read, so it is probably this machine's network`
    found.push(wrong('network', text, 'Check the network, DNS and firewall of this machine.'))
  }
  const skew = clockFinding(looks.flatMap(({ clocks }) => clocks))
  const later = 'Run the doctor again when a chain can be read.'
  return [...found, skew ?? warning('clock', 'could not be compared: no chain answered', later)]
}

const lookAtConfigured = (chain: ChainSettings, deps: ChainLookDeps): Promise<ChainLook> =>
  lookAtChain(chain, { mark: '', place: chain.place ?? chain.chainId, mend: null }, deps)

/** An entry whose id is another chain's name in the registry, as what its endpoints say. */
async function lookAtUndecided(one: Undecided, deps: ChainLookDeps): Promise<ChainLook> {
  const { warning, wrong } = about('chains')
  const decision = await whichChain(one, null)
  if ('chain' in decision) {
    const look = await lookAtConfigured(decision.chain, deps)
    if (decision.doubt === null) return look
    const { place, reason, mend } = decision.doubt
    return { ...look, findings: [warning(place, reason, `In ${place}, ${mend}.`), ...look.findings] }
  }
  const { place, reason, mend } = decision.unwatched
  const look = await lookAtConfigured(one.said, deps)
  return { ...look, findings: [wrong(place, reason, `In ${place}, ${mend}.`), ...look.findings] }
}

async function discordAndWebhooks(
  settings: Settings,
  secrets: Secrets,
  data: string,
  apiBase: string,
): Promise<Finding[]> {
  const token = secrets.DISCORD_TOKEN
  const { urls, around, problems } = webhookUrls(settings, secrets)
  const { own, asked: toAsk } = await webhooksToAsk(settings, urls, around, token, apiBase)
  const webhooks = await askWebhooks(toAsk, TIMEOUT_MS)
  const written = [...webhooks.values()].flatMap((one) =>
    one.ok ? [one.value.channelId, one.value.threadId].filter((id) => id !== null) : [],
  )
  const { fallbackChannel, channels } = settings.alerts
  const alertChannels = [fallbackChannel ?? [], Object.values(channels).map(({ id }) => id)].flat()
  const named = [settings.discord.commandChannels ?? [], alertChannels].flat()
  const webhook = webhooks.get(placeOfWay(DEFAULT_WEBHOOK)) ?? webhooks.get(DEFAULT_WEBHOOK)
  const learnt = readDatabase(join(data, DATABASE_FILE), (database) => createGuildStore(database).get())
  // The one that the bot takes where none is configured.
  const taken = learnt?.guildId ?? (webhook?.ok ? webhook.value.guildId : null)
  const guildId = settings.discord.guildId ?? taken
  const asked = token
    ? await probeDiscord({
        token,
        apiBase,
        guildId,
        channelIds: [...new Set([...named, ...faucetChannels(settings), ...written])],
        userIds: mentionedUsers(settings),
        timeoutMs: TIMEOUT_MS,
      })
    : null
  const facts = asked?.ok ? asked.value : null
  const meant = { ...settings, discord: { ...settings.discord, guildId } }
  return [
    ...guildIdFindings(settings, asked, taken),
    ...discordFindings(meant, asked),
    ...ownWebhookFindings(meant, own, around, facts),
    ...webhookFindings(meant, problems, webhooks, facts),
    ...faucetChannelFindings(meant, asked),
  ]
}

/** The webhooks that alerts may go through, by what they are called; those of the bot itself are looked for. */
async function webhooksToAsk(
  { alerts }: Settings,
  urls: Readonly<Record<string, string>>,
  around: Readonly<Record<string, string>>,
  token: string | undefined,
  apiBase: string,
) {
  const { find } = createOwnWebhooks({ token: token ?? 'none', apiBase })
  const own = new Map<string, FoundWebhook>()
  const asked: Record<string, string> = {}
  for (const [name, url] of Object.entries(urls)) {
    const channel = alerts.channels[name]
    if (!channel) {
      asked[name] = url
      continue
    }
    const found = await find(channel.id, false)
    own.set(name, found)
    if (found.kind === 'found') asked[placeOfWay(name)] = found.url
    const other = around[channel.id]
    if (channel.around !== null && other !== undefined) asked[channel.around] = other
  }
  return { own, asked }
}

/** Texts of endpoints and of Discord may hold anything: no control characters for a terminal, and no secret. */
function harmless(findings: readonly Finding[], secrets: readonly string[]): Finding[] {
  const cut = secretCutter(secrets)
  const clean = (text: string) => printableLine(cut(text))
  return findings.map((one) => ({
    ...one,
    subject: clean(one.subject),
    text: clean(one.text),
    mend: one.mend === null ? null : clean(one.mend),
  }))
}
