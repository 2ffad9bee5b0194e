// One of each alert over made-up clients and wallets (pure): the real words, each marked as a test.
import type { Level, Message, Notice } from '../alerts/types.ts'
import { createDirectory } from '../chains/directory.ts'
import { chainMessage } from '../chains/health/messages.ts'
import type { ChainSettings } from '../chains/settings.ts'
import { type ClientContext, clientMessage } from '../clients/messages.ts'
import { severityNow } from '../clients/severity-now.ts'
import type { ClientRow } from '../clients/types.ts'
import type { Settings } from '../config/index.ts'
import { namedEndpoints } from '../cosmos/endpoint-name.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { msToNs } from '../kernel/nanotime.ts'
import { lowMessage } from '../wallets/messages.ts'

/** A test is no alert: no number of a real one, and none that `ack` knows. */
const NO_ALERT = 0
const CLIENT_ID = '07-tendermint-0'
const TRUSTING_PERIOD_MS = 14 * DAY_MS

/** What a test needs of a chain. */
export type TestChain = Pick<ChainSettings, 'chainId' | 'name' | 'rest' | 'token' | 'prefix' | 'alerts'>

export interface TestMessage {
  /** What it is one of, such as `critical`. */
  what: string
  message: Message
}

/**
 * The messages about `chain` for one webhook, in the order of an alert's life. `mention` is whom they tag; the line
 * that it is over tags nobody. `nowMs` is Unix ms.
 */
export function testMessages(
  settings: Settings,
  chain: TestChain,
  mention: string[],
  nowMs: number,
): TestMessage[] {
  const { prefix } = settings.discord
  const directory = createDirectory(settings.chains)
  const chainName = directory.label(chain.chainId)
  const context: ClientContext = {
    nowMs,
    directory,
    elapsedShare: null,
    asOfMs: null,
    hostHalted: null,
    otherEnd: null,
    ibcGoMajor: null,
    endpoints: null,
    show: (command) => `${prefix === false ? '/' : prefix}${command}`,
  }
  const tracked = settings.chains.find(({ chainId }) => chainId !== chain.chainId)?.chainId ?? 'test-chain-1'
  const client = (leftMs: number, more: Partial<ClientRow> = {}) =>
    aClient(chain, tracked, nowMs, leftMs, more)
  const about = (row: ClientRow, level: Level, more: Partial<Notice> = {}) =>
    clientMessage(row, aNotice(level, nowMs, more), {
      ...context,
      elapsedShare: severityNow(row, chain.alerts, nowMs).elapsedShare,
    })
  const over = { kind: 'resolved', from: 'critical', mention: false, raisedMs: nowMs - 9 * HOUR_MS } as const
  const of = (what: string, message: Message): TestMessage => ({
    what,
    message: marked({ ...message, mention: message.notice.mention ? mention : [] }),
  })
  return [
    of('warning', about(client(67 * HOUR_MS), 'warning')),
    of('critical', about(client(20 * HOUR_MS), 'critical', { from: 'warning' })),
    of('expired', about(client(-HOUR_MS, { status: 'expired' }), 'expired', { from: 'critical' })),
    of('frozen', about(client(9 * DAY_MS, { status: 'frozen', frozen: true }), 'frozen')),
    of('blind', aboutChain('blind', chain, chainName, nowMs)),
    of('halted', aboutChain('halted', chain, chainName, nowMs)),
    of('low balance', aboutWallet(chain, chainName, nowMs)),
    of('over', about(client(TRUSTING_PERIOD_MS - MINUTE_MS), 'ok', over)),
  ]
}

function marked(message: Message): Message {
  const embed = message.embed && { ...message.embed, footer: { text: 'A test: nothing is wrong' } }
  return { ...message, headline: `TEST ${message.headline}`, embed }
}

function aNotice(level: Level, nowMs: number, more: Partial<Notice> = {}): Notice {
  const raised = { kind: 'raised', level, from: 'ok', alertId: NO_ALERT, raisedMs: nowMs } as const
  return { ...raised, mention: true, ackedBy: null, ...more }
}

function aClient(
  chain: TestChain,
  trackedChainId: string,
  nowMs: number,
  leftMs: number,
  more: Partial<ClientRow>,
): ClientRow {
  const expiresMs = nowMs + leftMs
  return {
    chainId: chain.chainId,
    clientId: CLIENT_ID,
    clientType: '07-tendermint',
    rule: 'tendermint',
    trackedChainId,
    latestHeight: { revision: 1n, height: 1_000_000n },
    trustingPeriodNs: msToNs(TRUSTING_PERIOD_MS),
    frozen: false,
    lastUpdateNs: msToNs(expiresMs - TRUSTING_PERIOD_MS),
    absent: null,
    status: 'active',
    severity: 'ok',
    reason: null,
    expiresNs: msToNs(expiresMs),
    nextDueMs: null,
    hostTimeNs: msToNs(nowMs),
    readMs: nowMs,
    endpoint: namedEndpoints(chain.rest)[0]?.name ?? null,
    unseenSinceMs: null,
    firstSeenMs: nowMs - 30 * DAY_MS,
    connectionIds: ['connection-0'],
    openChannels: ['channel-0'],
    farEnds: [],
    attention: 'live',
    ignored: false,
    ...more,
  }
}

function aboutChain(kind: 'blind' | 'halted', chain: TestChain, chainName: string, nowMs: number): Message {
  const lastBlockMs = nowMs - 25 * MINUTE_MS
  const { chainId } = chain
  const health = {
    chainId,
    unseenSinceMs: lastBlockMs,
    unreadSinceMs: null,
    unreadCause: null,
    haltedSinceMs: lastBlockMs,
    failedMs: nowMs,
    failedAgain: true,
    callingMs: [],
    nearest: { chainId, clientId: CLIENT_ID, deadlineMs: nowMs + 20 * HOUR_MS, readMs: lastBlockMs },
    lastBlock: { height: 1_000_000n, timeNs: msToNs(lastBlockMs) },
    readMs: lastBlockMs,
  }
  const said =
    kind === 'blind'
      ? ({ state: 'failing', reason: 'time-out' } as const)
      : ({ state: 'halted', reason: null } as const)
  const unseen = { height: null, timeNs: null, latencyMs: null, requestsPerSecond: 0 }
  const endpoints = namedEndpoints(chain.rest).map(({ name }) => ({ name, ...said, ...unseen }))
  return chainMessage(kind, aNotice(kind, nowMs), health, { chainName, endpoints, nowMs })
}

function aboutWallet(chain: TestChain, chainName: string, nowMs: number): Message {
  const token = chain.token ?? { symbol: 'TEST', denom: 'utest', decimals: 6 }
  const one = 10n ** BigInt(token.decimals)
  const { chainId } = chain
  const address = `${chain.prefix ?? 'test'}1${'test'.repeat(9)}xy`
  const watched = { chainId, address, denom: token.denom, thresholdBase: 2n * one, userId: null, mention: [] }
  return lowMessage(watched, aNotice('low', nowMs), {
    chainName,
    token,
    balance: { base: one, readMs: nowMs },
    runway: { perDayBase: one / 3n, lastsMs: 3 * DAY_MS },
    nowMs,
  })
}
