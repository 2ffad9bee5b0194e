// `test-alert`: sends one of each alert through the real webhook of each route, marked as a test.

import { composePost, tagsOf } from '../alerts/compose.ts'
import { throughChannels } from '../alerts/outbox/channels.ts'
import { createSend, type Send, webhookUrl } from '../alerts/outbox/send.ts'
import { judgeAnswer, type WebhookVerdict } from '../alerts/outbox/verdict.ts'
import { pagerTargets } from '../alerts/pagers/targets.ts'
import { DEFAULT_WEBHOOK } from '../alerts/settings.ts'
import { webhookUrls } from '../alerts/webhooks.ts'
import { discordApiBase, loadConfig, type Settings } from '../config/index.ts'
import { loadSecrets, secretNames } from '../config/secrets.ts'
import { createOwnWebhooks } from '../discord/own-webhooks.ts'
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { messageOf, UsageError } from '../kernel/errors.ts'
import { type Io, peopleStream } from '../kernel/io.ts'
import { secretCutter } from '../kernel/logger.ts'
import { secretProblemLine } from '../kernel/secrets.ts'
import { printableLine } from '../words/text.ts'
import { type TestChain, type TestMessage, testMessages } from './test-messages.ts'
import { sendTestPages } from './test-pages.ts'

export interface TestAlertOptions {
  config: string
  /** Tag whom the configuration names, as a real alert would; else nobody. */
  mention: boolean
  /** Page too. */
  pager?: boolean
}

/** One webhook with what is sent through it. */
interface Target {
  /** The secret's name. */
  webhook: string
  chain: TestChain
  mention: string[]
}

const TIMEOUT_MS = 10_000
/** Discord's asked-for waits for one message, together; nobody watches a terminal for longer. */
const PATIENCE_MS = 5 * MINUTE_MS

/**
 * Sends the tests, one after the other, as slowly as Discord asks. The bot may run meanwhile: no database is touched.
 * Returns the exit code: 0, or 1 when one was not accepted.
 * @throws {UsageError} for problems of the configuration, or webhooks that are missing or no webhook URLs
 */
export async function runTestAlert(
  options: TestAlertOptions,
  io: Io,
  { clock }: { clock: Clock },
): Promise<number> {
  const settings = await loadConfig(options.config)
  const secrets = loadSecrets(secretNames(settings), io.env, options.config)
  const { urls, around, problems } = webhookUrls(settings, secrets)
  const { pagers, problems: ofPagers } = pagerTargets(settings, secrets)
  if (options.pager) problems.push(...ofPagers)
  if (options.pager && settings.alerts.pagers.length === 0)
    throw new UsageError('No pager is configured: name one in `alerts.pagers`.')
  if (problems.length > 0) throw new UsageError(problems.map(secretProblemLine).join('\n'))
  const cut = secretCutter(Object.values(secrets))
  const say = (line: string) => peopleStream(io).write(`${printableLine(cut(line))}\n`)
  const { send: plain, close } = createSend(TIMEOUT_MS)
  const own = createOwnWebhooks({
    token: secrets.DISCORD_TOKEN ?? 'none',
    apiBase: discordApiBase(io.env),
  })
  const detour = (channelId: string, why: string | null) => {
    if (why !== null) say(`  Not through a webhook of its own in the channel ${channelId}: ${why}.`)
  }
  const send = throughChannels(plain, { ...own, around, clock, detour })
  const deps = { send, say, clock }
  let failed = 0
  try {
    for (const target of targets(settings, Object.keys(urls))) {
      const mention = options.mention ? target.mention : []
      const messages = testMessages(settings, target.chain, mention, clock.now())
      const tags = mention.length > 0 ? `tagging ${mention.join(' ')}` : 'tagging nobody'
      say(`${target.webhook} (alerts about ${target.chain.name} go there), ${tags}:`)
      failed += await sendAll(messages, urls[target.webhook]!, deps)
    }
    if (options.pager) failed += await sendTestPages(pagers, { ...deps, send: plain })
  } finally {
    await close()
  }
  say(
    failed === 0
      ? 'Everything was accepted. Look into the channel: what a real alert will look like is there.'
      : `${failed} not accepted. ibc-monitor doctor says more about the webhook.`,
  )
  return failed === 0 ? 0 : 1
}

/** The default with the first chain that goes there, then each route with its first chain; what is the same, once. */
function targets(settings: Settings, webhooks: readonly string[]): Target[] {
  const { routes } = settings.alerts
  const chains = [...settings.chains, ...settings.undecided.map(({ said }) => said)]
  const chainOf = (ids: string[]) => chains.find(({ chainId }) => ids.includes(chainId)) ?? standIn(settings)
  const all: Target[] = []
  if (webhooks.includes(DEFAULT_WEBHOOK)) {
    const routed = new Set(routes.flatMap(({ chains }) => chains))
    const chain = chains.find(({ chainId }) => !routed.has(chainId)) ?? chains[0] ?? standIn(settings)
    all.push({ webhook: DEFAULT_WEBHOOK, chain, mention: chain.alerts.mention })
  }
  for (const route of routes) {
    const chain = chainOf(route.chains)
    all.push({ webhook: route.webhook, chain, mention: route.mention ?? chain.alerts.mention })
  }
  const key = ({ webhook, mention }: Target) => [webhook, ...mention].join(' ')
  return all.filter((one, index) => all.findIndex((other) => key(other) === key(one)) === index)
}

/** A made-up chain, where a faucet stands alone. */
const standIn = ({ defaults: { alerts } }: Settings): TestChain => ({
  chainId: 'test-1',
  name: 'a made-up chain',
  rest: [],
  token: null,
  prefix: null,
  alerts,
})

interface Sending {
  send: Send
  say: (line: string) => void
  clock: Clock
}

/** Returns how many were not accepted. */
async function sendAll(messages: readonly TestMessage[], url: string, deps: Sending): Promise<number> {
  let failed = 0
  let pauseMs = 0
  for (const [index, { what, message }] of messages.entries()) {
    if (pauseMs > 0) await deps.clock.sleep(pauseMs)
    const around = { storm: [message], tags: tagsOf([message]), continued: false }
    const verdict = await sendOne(composePost([message], around, deps.clock.now()), url, deps)
    const isAccepted = verdict.kind === 'accepted'
    pauseMs = isAccepted ? verdict.pauseMs : 0
    deps.say(`  ${what}: ${isAccepted ? 'accepted' : `NOT ACCEPTED, ${verdict.reason}`}`)
    if (!isAccepted) failed++
    if (verdict.kind === 'gone') {
      deps.say('  The webhook does not exist, or its secret is wrong: the rest was not sent.')
      return failed + messages.length - index - 1
    }
  }
  return failed
}

/** One message; waits as long as Discord asks, within patience. What may have arrived is not sent twice. */
async function sendOne(body: unknown, url: string, { send, say, clock }: Sending): Promise<WebhookVerdict> {
  const giveUpMs = clock.now() + PATIENCE_MS
  for (;;) {
    const verdict = await send({ method: 'POST', url: webhookUrl(url, null, { wait: 'true' }), body }).then(
      judgeAnswer,
      (error): WebhookVerdict => ({ kind: 'uncertain', reason: messageOf(error) }),
    )
    if (verdict.kind !== 'wait' || verdict.waitMs === null || clock.now() + verdict.waitMs > giveUpMs)
      return verdict
    say(`  Discord asks to wait ${Math.ceil(verdict.waitMs / 1000)} s …`)
    await clock.sleep(verdict.waitMs)
  }
}
