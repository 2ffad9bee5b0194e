// Chains, clients and notices for tests of words and commands: Osmosis and the Cosmos Hub in November 2026.
import type { Level, Notice } from '../../src/alerts/types.ts'
import { createDirectory, type Directory } from '../../src/chains/directory.ts'
import type { ChainSettings } from '../../src/chains/settings.ts'
import type { ClientRow } from '../../src/clients/types.ts'
import type { Call, Reply } from '../../src/discord/command.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import { msToNs } from '../../src/kernel/nanotime.ts'

/** Sun 22 Nov 22:04 UTC: when the example client expires. */
export const EXPIRES = Date.UTC(2026, 10, 22, 22, 4)
/** 80 % of its 14 days are used: 67 h 12 min are left. */
export const NOW = EXPIRES - 67.2 * HOUR_MS

export function aChain(chainId: string, name: string, more: Partial<ChainSettings> = {}): ChainSettings {
  return {
    chainId,
    name,
    registryName: null,
    rest: [{ url: 'https://lcd-a.example.org' }],
    token: null,
    prefix: null,
    connections: 'all',
    mine: [],
    ignoreClients: [],
    alerts: {
      about: 'live',
      mention: [],
      warnAt: 0.8,
      criticalAt: 0.9,
      warnWhenLeftMs: 6 * HOUR_MS,
      quietWhileLeftMs: null,
      remindEveryMs: DAY_MS,
    },
    limits: { inFlight: 32, requestsPerSecond: 20, timeoutMs: 10_000 },
    wallets: [],
    daemonName: null,
    ...more,
  }
}

export function aDirectory(): Directory {
  return createDirectory([
    aChain('osmosis-1', 'Osmosis', { registryName: 'osmosis', daemonName: 'osmosisd' }),
    aChain('cosmoshub-4', 'Cosmos Hub', { registryName: 'cosmoshub', daemonName: 'gaiad' }),
  ])
}

/** Osmosis 07-tendermint-1 (tracks Cosmos Hub): 14 days, three open channels; expires at `expiresAtMs`. */
export function aClient(more: Partial<ClientRow> = {}, expiresAtMs = EXPIRES): ClientRow {
  const lastUpdateNs = msToNs(expiresAtMs - 14 * DAY_MS)
  return {
    chainId: 'osmosis-1',
    clientId: '07-tendermint-1',
    clientType: '07-tendermint',
    rule: 'tendermint',
    trackedChainId: 'cosmoshub-4',
    latestHeight: { revision: 4n, height: 28_104_233n },
    trustingPeriodNs: msToNs(14 * DAY_MS),
    frozen: false,
    absent: null,
    lastUpdateNs,
    status: 'active',
    severity: 'ok',
    reason: null,
    expiresNs: msToNs(expiresAtMs),
    nextDueMs: null,
    hostTimeNs: msToNs(NOW - 3000),
    readMs: NOW - 1000,
    endpoint: 'lcd-a.example.org',
    unseenSinceMs: null,
    firstSeenMs: NOW - 30 * DAY_MS,
    connectionIds: ['connection-1'],
    openChannels: ['channel-0', 'channel-4', 'channel-9'],
    farEnds: [{ chainId: 'cosmoshub-4', clientId: '07-tendermint-259', connectionId: 'connection-257' }],
    attention: 'live',
    ignored: false,
    ...more,
  }
}

/** The other end of `aClient`: Cosmos Hub 07-tendermint-259, with `leftMs` left. */
export function theOtherEnd(leftMs: number, more: Partial<ClientRow> = {}): ClientRow {
  const other: Partial<ClientRow> = {
    chainId: 'cosmoshub-4',
    clientId: '07-tendermint-259',
    trackedChainId: 'osmosis-1',
    latestHeight: { revision: 1n, height: 21_004_112n },
    farEnds: [{ chainId: 'osmosis-1', clientId: '07-tendermint-1', connectionId: 'connection-1' }],
  }
  return aClient({ ...other, ...more }, NOW + leftMs)
}

export function aNotice(level: Level, more: Partial<Notice> = {}): Notice {
  return {
    kind: 'raised',
    level,
    from: 'ok',
    alertId: 41,
    mention: true,
    ackedBy: null,
    raisedMs: NOW,
    ...more,
  }
}

export function aCall(more: Partial<Call> = {}): Call {
  return {
    id: '1',
    door: 'prefix',
    caller: { userId: '2', name: 'ann', roleIds: [], isAdmin: false, joinedAtMs: null, pending: false },
    channelId: '3',
    guildId: '4',
    page: 0,
    nowMs: NOW,
    show: (command) => `$${command}`,
    mayWriteIn: async () => true,
    edit: async () => true,
    dm: async () => true,
    ...more,
  }
}

/** Everything that a reply says, as one text. */
export function textOf(reply: Reply): string {
  const embeds = (reply.embeds ?? []).flatMap(({ title, description, fields, footer }) => [
    title,
    description,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
    footer?.text,
  ])
  return [reply.text, ...embeds].filter(Boolean).join('\n')
}
