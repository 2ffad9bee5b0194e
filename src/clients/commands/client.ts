// `client`: one client whole: its verdict, both ends, history, and the commands that update or recover it.

import type { Call, Command, Embed, Reply } from '../../discord/command.ts'
import { nsToMs } from '../../kernel/nanotime.ts'
import { COLOUR, SIGN } from '../../words/levels.ts'
import { percent } from '../../words/numbers.ts'
import { code, idList, label, someLines } from '../../words/text.ts'
import { ago, at, left, period } from '../../words/time.ts'
import type { Verdict } from '../assess.ts'
import { statusText } from '../chain-status.ts'
import { channelsKnown, channelWords } from '../channels.ts'
import {
  CLAIM_WORDS,
  type Claim,
  claimNow,
  type HostView,
  isLost,
  lastBlockNs,
  updateVerdict,
  viewOf,
} from '../claim.ts'
import { clientIdentity } from '../identity.ts'
import { lineSign } from '../line.ts'
import { isTooLate, RLY_UPDATE, recoverAdvice, updateAdvice } from '../mend.ts'
import { severityNow, thresholdsOf } from '../severity-now.ts'
import type { ClientRow, FarEnd, HistoryRow } from '../types.ts'
import { clientLabel, expiresMs, noDeadline, unreadableText } from '../words.ts'
import type { ClientCommandDeps } from './deps.ts'
import { clientOrRefuse, completeChain, completeClient } from './find.ts'

const HISTORY = 8
const FAR_ENDS = 4
const ATTENTION = {
  mine: 'mine (named in the configuration, or watched by somebody)',
  live: 'live (channels in use, or an IBC v2 counterparty)',
  idle: 'idle (no channel in use and no IBC v2 counterparty, as far as is known)',
} as const

/** Makes the command `client`. */
export function clientCommand(deps: ClientCommandDeps): Command<{ client: string; chain?: string }> {
  return {
    name: 'client',
    summary: 'One client: both ends, history, the commands that update or recover it',
    example: 'client 07-tendermint-1 osmosis',
    access: 'everyone',
    args: [
      {
        name: 'client',
        summary: 'Client id, such as 07-tendermint-1',
        required: true,
        complete: (typed) => completeClient(deps, typed),
      },
      {
        name: 'chain',
        summary: 'The chain that stores it; needed where several have this id',
        complete: (typed) => completeChain(deps.directory, typed),
      },
    ],
    run: async (args, call) => answer(deps, clientOrRefuse(deps, args, call.show), call),
  }
}

async function answer(deps: ClientCommandDeps, row: ClientRow, { nowMs }: Call): Promise<Reply> {
  const { directory } = deps
  const verdict = severityNow(row, thresholdsOf(directory, row.chainId), nowMs)
  const status = deps.chainStatus(row.chainId)
  const identity = clientIdentity(row.chainId, row.clientId)
  const open = deps.openAlerts().find((alert) => alert.identity === identity)?.state
  const trouble = statusText(status, nowMs)
  const host = viewOf(status)
  const claim = claimNow(row, host, nowMs)
  const halted = claim === 'by-the-clock' || status.state === 'halted'
  const mend = await mendText(deps, row, { verdict, claim, halted, host, nowMs })
  const far = row.farEnds.map((end) => farEndText(deps, end, nowMs))
  const history = deps.store.history(row.chainId, row.clientId, HISTORY)
  const fields: NonNullable<Embed['fields']> = [
    { name: 'This end', value: facts(deps, row, nowMs) },
    { name: 'Other end', value: someLines(far, FAR_ENDS).join('\n') || 'none is known' },
  ]
  if (history.length > 0) fields.push({ name: 'History', value: historyText(history) })
  if (mend) fields.push({ name: isLost(claim) ? 'To recover it' : 'To update it', value: mend })
  const lines = [
    verdictText(verdict, row, host, nowMs),
    verdict.reason && verdict.severity !== 'unreadable' && verdict.status !== 'active'
      ? code(verdict.reason, 200)
      : '',
    row.unseenSinceMs === null || verdict.severity === 'unreadable'
      ? ''
      : `⚫ It cannot be read since ${ago(row.unseenSinceMs)}: ${code(row.reason ?? '', 200)}`,
    trouble && `${directory.label(row.chainId)}: ${trouble}`,
    open ? `Alert #${open.alertId} is open since ${ago(open.raisedMs ?? open.sinceMs)}` : '',
    row.readMs === null
      ? 'Never read yet'
      : `Read ${ago(row.readMs)}${row.endpoint ? ` from ${label(row.endpoint)}` : ''}`,
  ]
  const embed: Embed = {
    title: `${lineSign({ claim, severity: verdict.severity })} ${clientLabel(row, directory)}`,
    description: lines.filter(Boolean).join('\n'),
    color: COLOUR[verdict.severity],
    fields,
  }
  return { embeds: [embed] }
}

function verdictText(verdict: Verdict, row: ClientRow, host: HostView, nowMs: number): string {
  const { severity, elapsedShare } = verdict
  const deadlineMs = expiresMs(verdict)
  if (severity === 'unreadable') return unreadableText(row, 200)
  const claim = claimNow(row, host, nowMs)
  if (claim !== null) {
    const when = deadlineMs === null ? '' : ` ${ago(deadlineMs)} (${at(deadlineMs)})`
    const lastNs = lastBlockNs(row, host)
    const words = {
      since: at(nsToMs(lastNs)),
      type: code(row.clientType, 40),
      isTooLate: isTooLate(row, lastNs, nowMs),
    }
    const update = updateVerdict(claim, words) ?? 'updates since its last reading are invisible to me'
    return `**${CLAIM_WORDS[claim]}**${when}: ${update.charAt(0).toLowerCase()}${update.slice(1)}`
  }
  if (deadlineMs === null) return `**${severity}**: ${noDeadline(row)}`
  const used =
    elapsedShare === null || row.trustingPeriodNs === null
      ? ''
      : ` · ${percent(elapsedShare)} of ${period(row.trustingPeriodNs)} used`
  return `**${severity}**, ${left(deadlineMs, nowMs)} left: expires ${ago(deadlineMs)} (${at(deadlineMs)})${used}`
}

function facts({ store, directory }: ClientCommandDeps, row: ClientRow, nowMs: number): string {
  const { lastUpdateNs, latestHeight, trustingPeriodNs, connectionIds } = row
  const channels = channelsKnown(row, directory.getKnown(row.chainId), (question) =>
    store.answered(row.chainId, question),
  )
  const updateMs = lastUpdateNs === null ? null : nsToMs(lastUpdateNs)
  const lines = [
    row.trackedChainId === null ? null : `Tracks ${code(row.trackedChainId, 60)}`,
    latestHeight ? `Latest height ${latestHeight.revision}-${latestHeight.height}` : null,
    updateMs === null ? null : `Last update ${ago(updateMs)} (${at(updateMs)})`,
    trustingPeriodNs === null ? null : `Trusting period ${period(trustingPeriodNs)}`,
    `Connections: ${connectionIds.length === 0 ? 'none' : idList(connectionIds, 8)}`,
    channelWords(row, channels, 'all'),
    `Attention: ${ATTENTION[row.attention]}${row.ignored ? '; ignored, no alerts' : ''}`,
    `Known since ${at(Math.min(row.firstSeenMs, nowMs))}`,
  ]
  return lines.filter(Boolean).join('\n')
}

function farEndText(deps: ClientCommandDeps, end: FarEnd, nowMs: number): string {
  const { directory, store } = deps
  const who = `${directory.label(end.chainId)} ${code(end.clientId, 40)}${end.connectionId ? ` (${label(end.connectionId)})` : ''}`
  const row = store.client(end.chainId, end.clientId)
  if (!row) {
    const why = directory.get(end.chainId) ? 'not read yet' : 'this chain is not in the configuration'
    return `⚪ ${who}: not watched, ${why}`
  }
  const verdict = severityNow(row, thresholdsOf(directory, row.chainId), nowMs)
  const host = viewOf(deps.chainStatus(row.chainId))
  const sign = lineSign({ claim: claimNow(row, host, nowMs), severity: verdict.severity })
  const age = row.readMs === null ? '' : ` · read ${ago(row.readMs)}`
  return `${sign} ${who}: ${verdictText(verdict, row, host, nowMs)}${age}`
}

/** What was new, the latest first. */
function historyText(rows: readonly HistoryRow[]): string {
  return rows
    .map((row, index) => {
      const before = rows[index + 1]
      const changes = [
        before && before.lastUpdateNs !== row.lastUpdateNs && row.latestHeight
          ? `updated to ${row.latestHeight.revision}-${row.latestHeight.height}`
          : null,
        before && before.trackedChainId !== row.trackedChainId && row.trackedChainId !== null
          ? `tracks ${code(row.trackedChainId, 40)} now`
          : null,
        before && before.trustingPeriodNs !== row.trustingPeriodNs && row.trustingPeriodNs !== null
          ? `trusting period ${period(row.trustingPeriodNs)} now`
          : null,
      ]
      const isOverdue = row.severity === 'expired' && row.status === 'active'
      const overdue = isOverdue ? CLAIM_WORDS['by-the-clock'] : row.severity
      const what = row.status === 'unauthorized' ? row.status : overdue
      return [`${at(row.atMs)} ${SIGN[row.severity]} ${what}`, ...changes].filter(Boolean).join(' · ')
    })
    .join('\n')
}

async function mendText(
  deps: ClientCommandDeps,
  row: ClientRow,
  now: { verdict: Verdict; claim: Claim | null; halted: boolean; host: HostView; nowMs: number },
): Promise<string> {
  const { verdict, claim, host } = now
  if (claim === 'unauthorized') {
    return `Governance on ${deps.directory.label(row.chainId)} has to allow the type ${code(row.clientType, 40)} again (\`allowed_clients\`).`
  }
  if (isLost(claim)) {
    // Not knowing the version only means that the commands for both are shown.
    const major = await deps.ibcGoMajor(row.chainId).catch(() => null)
    return recoverAdvice(major, deps.directory.get(row.chainId)?.daemonName, row.clientId)
  }
  if (expiresMs(verdict) === null) return ''
  const tracked = row.trackedChainId === null ? null : deps.chainStatus(row.trackedChainId).block
  const ns = lastBlockNs(row, host)
  const before = row.trackedChainId === null ? null : deps.blockBefore(row.trackedChainId, ns)
  const halt = now.halted ? { lastBlockNs: ns, tracked: tracked ?? null, before } : null
  // Which header it takes cannot be said to rly.
  const rly = halt ? '' : `With rly: ${code(RLY_UPDATE)}`
  return [updateAdvice(row, halt, now.nowMs), rly].filter(Boolean).join('\n')
}
