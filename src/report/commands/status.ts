// `status`: the bot itself: its sweeps, chains it cannot read and why, the queues to Discord, version, database.

import { unwatchedText } from '../../chains/find.ts'
import { registryCopy } from '../../chains/registry-words.ts'
import type { Unwatched } from '../../chains/settings.ts'
import { type ChainStatus, statusText } from '../../clients/chain-status.ts'
import { type Call, type Command, type Embed, pageOf, type Reply } from '../../discord/command.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { COLOUR, SIGN } from '../../words/levels.ts'
import { bytesText, count, grouped } from '../../words/numbers.ts'
import { code, label, plain } from '../../words/text.ts'
import { ago } from '../../words/time.ts'
import { farEndLines } from '../overview.ts'
import type { BotStatus, OverviewDeps } from './deps.ts'

const PAGE = 10

/** Makes the command `status`. */
export function statusCommand(deps: OverviewDeps): Command<object> {
  return {
    name: 'status',
    summary: 'The bot itself: last sweep, chains it cannot read, queue, version',
    example: 'status',
    access: 'everyone',
    args: [],
    run: async (_args, call) => answer(deps, call),
  }
}

function answer(deps: OverviewDeps, call: Call): Reply {
  const { directory } = deps
  const { nowMs } = call
  const bot = deps.botStatus()
  const all = directory.all().map(({ chainId, origin }) => {
    return { name: directory.label(chainId), status: deps.chainStatus(chainId), origin }
  })
  const chains = all.filter(({ origin }) => origin !== 'registry')
  const fromRegistry = all.filter(({ origin }) => origin === 'registry')
  const trouble = (status: ChainStatus) =>
    ['blind', 'unread', 'halted', 'not-read', 'ok'].indexOf(status.state) * 2 + (status.sweep?.error ? 0 : 1)
  chains.sort((a, b) => trouble(a.status) - trouble(b.status))
  const { shown, page } = pageOf(chains, PAGE, call)
  const unseen = chains.filter(({ status }) => status.state === 'blind').length
  const problems = botProblems(bot, directory.unwatched(), nowMs)
  const lines = [...botLines(bot, nowMs), ...farEndLines(fromRegistry)]
  const head: Embed = { description: lines.join('\n') }
  const list: Embed = {
    title:
      unseen > 0 ? `${SIGN.blind} ${unseen} of ${count(chains.length, 'chain')} cannot be read` : 'Chains',
    description:
      shown.map(({ name, status }) => chainText(name, status, nowMs)).join('\n') || 'No chain is configured.',
  }
  const embeds: Embed[] = page.index === 0 ? [head, list] : [list]
  if (problems.length > 0)
    embeds.unshift({ title: 'What is wrong', description: problems.join('\n'), color: COLOUR.critical })
  return { embeds, page }
}

function botLines(bot: BotStatus, nowMs: number): string[] {
  const waiting = bot.webhooks.reduce((sum, { waiting }) => sum + waiting, 0)
  const oldest = bot.webhooks.map(({ oldestMs }) => oldestMs).filter((one) => one !== null)
  const queue =
    waiting === 0 ? 'nothing waits' : `${grouped(waiting)} wait, the oldest since ${ago(Math.min(...oldest))}`
  const { path, bytes } = bot.database
  const heard = bot.standby?.heardMs
  const standby = `**Standby**: I post only what the first watcher has not told, and answer nothing but this. ${heard == null ? 'I have not looked for anything that it told yet' : `The newest that it told of what I looked for came ${ago(heard)}`}.`
  return [
    ...(bot.standby ? [standby] : []),
    `ibc-monitor ${label(bot.version)}, running for ${formatDuration(nowMs - bot.startedMs)}`,
    `Chain registry: ${registryCopy()}`,
    `To Discord: ${queue}`,
    `Database ${code(path, 120)}${bytes === null ? '' : `, ${bytesText(bytes)}`}`,
  ]
}

/** How many chains that are not watched one answer has room for. */
const UNWATCHED_MAX = 10

/** What is wrong with the bot's configuration, its way to Discord, its log and its database, each with what mends it. */
function botProblems(bot: BotStatus, unwatched: readonly Unwatched[], nowMs: number): string[] {
  const { doubts = [] } = bot
  const problems = bot.discordProblem === null ? [] : [`🔴 Discord: ${plain(bot.discordProblem, 500)}`]
  problems.push(...bot.ownProblems.map((one) => `⚠️ ${one}`))
  for (const one of unwatched.slice(0, UNWATCHED_MAX))
    problems.push(`🔴 Not watched: ${code(one.chainId, 64)}, ${unwatchedText(one)}`)
  if (unwatched.length > UNWATCHED_MAX)
    problems.push(`🔴 and ${unwatched.length - UNWATCHED_MAX} more that are not watched`)
  for (const one of doubts.slice(0, UNWATCHED_MAX)) problems.push(`🟡 ${unwatchedText(one)}`)
  for (const { name, goneSinceMs, goneReason, waiting, lastError } of bot.webhooks) {
    if (goneSinceMs !== null) {
      problems.push(
        `🔴 Webhook ${code(name, 60)} is gone for ${formatDuration(nowMs - goneSinceMs)} (${code(goneReason ?? 'no reason given', 120)}); ${grouped(waiting)} kept. Make a new one in the channel's settings and put its URL into ${code(name, 60)}.`,
      )
    } else if (lastError !== null && waiting > 0) {
      problems.push(
        `🟡 Webhook ${code(name, 60)} does not take what waits (${grouped(waiting)}): ${code(lastError, 240)}; I go on trying.`,
      )
    }
  }
  return problems
}

/** "🟢 **Osmosis**: swept 4 minutes ago in 12 s, 1,034 clients, 1,201 requests", with what is wrong below it. */
function chainText(name: string, status: ChainStatus, nowMs: number): string {
  const { sweep, state } = status
  const sign =
    state === 'ok' ? (sweep?.error ? SIGN.warning : SIGN.ok) : state === 'not-read' ? '⚪' : SIGN[state]
  const lines = [
    `${sign} **${name}**: ${[statusText(status, nowMs), sweepText(status, nowMs)].filter(Boolean).join(' · ')}`,
  ]
  if (sweep?.error) lines.push(`　last sweep failed: ${code(sweep.error, 200)}`)
  if (sweep && sweep.unreadable > 0) lines.push(`　${count(sweep.unreadable, 'client')} could not be read`)
  for (const gap of sweep?.gaps.slice(0, 3) ?? []) lines.push(`　not listed: ${code(gap, 160)}`)
  const bad = status.endpoints.filter((one) => one.state !== 'fresh' && one.state !== 'unknown')
  if (bad.length > 0 && state !== 'halted') {
    lines.push(
      `　${count(status.endpoints.length - bad.length, 'endpoint')} of ${status.endpoints.length} good`,
    )
    for (const { name, state, reason } of bad.slice(0, 6)) {
      lines.push(`　${label(name)}: ${code(reason ?? state, 120)}`)
    }
  }
  return lines.join('\n')
}

function sweepText({ sweep, readMs }: ChainStatus, nowMs: number): string {
  if (!sweep) return readMs === null ? 'not swept yet' : `read ${ago(readMs)}, not swept since the start`
  if (sweep.finishedMs === null) return `being swept for ${formatDuration(nowMs - sweep.startedMs)}`
  return `swept ${ago(sweep.finishedMs)} in ${formatDuration(sweep.finishedMs - sweep.startedMs)}, ${count(sweep.clients, 'client')}, ${count(sweep.requests, 'request')}`
}
