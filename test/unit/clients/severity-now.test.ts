// A stored client judged at another moment, and identities made and read.
import { describe, expect, it } from 'vitest'
import {
  chainIdentity,
  NETWORK_IDENTITY,
  readChainIdentity,
  restartIdentity,
} from '../../../src/chains/identity.ts'
import { clientIdentity, readClientIdentity, unseenIdentity } from '../../../src/clients/identity.ts'
import { severityNow, thresholdsOf } from '../../../src/clients/severity-now.ts'
import { HOUR_MS } from '../../../src/kernel/duration.ts'
import { aClient, aDirectory, EXPIRES, NOW } from '../../support/client-rows.ts'

const thresholds = thresholdsOf(aDirectory(), 'osmosis-1')
/** 80 % and 90 % of the 14 days that end at EXPIRES. */
const [WARN, CRITICAL] = [EXPIRES - 67.2 * HOUR_MS, EXPIRES - 33.6 * HOUR_MS]

describe('the verdict on a stored client', () => {
  it.each([
    [WARN - 1, 'ok'],
    [WARN, 'warning'],
    [CRITICAL - 1, 'warning'],
    [CRITICAL, 'critical'],
    [EXPIRES - 1, 'critical'],
    [EXPIRES, 'expired'],
  ])('goes on with the clock (%i: %s)', (nowMs, severity) => {
    // Read long ago: the wall clock decides.
    const row = aClient({ hostTimeNs: 1n, severity: 'ok' })
    expect(severityNow(row, thresholds, nowMs).severity).toBe(severity)
  })

  it.each([
    [{ status: 'frozen', frozen: true }, 'frozen'],
    [{ status: 'unauthorized' }, 'frozen'],
    [{ status: 'expired', absent: 'absent', lastUpdateNs: null, expiresNs: null }, 'expired'],
    [{ rule: 'ask', status: 'unknown', lastUpdateNs: null, expiresNs: null }, 'unreadable'],
    [{ rule: 'ask', status: 'active', lastUpdateNs: null, expiresNs: null }, 'ok'],
    [{ rule: 'flag', status: 'active', lastUpdateNs: null, expiresNs: null }, 'ok'],
    [{ status: 'unreadable', lastUpdateNs: null, expiresNs: null, latestHeight: null }, 'unreadable'],
    [{ readMs: null }, 'unreadable'],
  ] as const)('keeps what no clock changes: %j', (more, severity) => {
    const verdict = severityNow(aClient({ ...more }), thresholds, NOW)
    expect(verdict.severity).toBe(severity)
    if (severity === 'unreadable') expect(verdict.reason).toBeTruthy()
  })

  it('keeps the verdict of the last reading while the client cannot be read', () => {
    expect(severityNow(aClient({ unseenSinceMs: 1, reason: '500' }), thresholds, NOW).severity).toBe(
      'warning',
    )
  })

  it('knows by how many looks a consensus state is absent, whatever was said of the client since', () => {
    const row = { status: 'expired', absent: 'absent-twice', lastUpdateNs: null, expiresNs: null } as const
    const cannotBeRead = aClient({ ...row, unseenSinceMs: 1, reason: 'lcd-a: 502' })
    expect(severityNow(cannotBeRead, thresholds, NOW)).toMatchObject({
      severity: 'expired',
      reason: expect.stringContaining('by two looks'),
    })
  })

  it('has thresholds for a chain that left the configuration', () => {
    expect(thresholdsOf(aDirectory(), 'gone-1')).toMatchObject({ warnAt: 0.8, criticalAt: 0.9 })
  })
})

const readIdentity = (identity: string) => readClientIdentity(identity) ?? readChainIdentity(identity)

describe('identities', () => {
  it('are read as they were made', () => {
    expect(readIdentity(clientIdentity('osmosis-1', '07-tendermint-1'))).toEqual({
      kind: 'client',
      chainId: 'osmosis-1',
      clientId: '07-tendermint-1',
    })
    expect(readIdentity(unseenIdentity('a/b', 'c'))).toEqual({
      kind: 'unseen',
      chainId: 'a/b',
      clientId: 'c',
    })
    expect(readIdentity(chainIdentity('blind', 'osmosis-1'))).toEqual({ kind: 'blind', chainId: 'osmosis-1' })
    expect(readIdentity(chainIdentity('halted', 'osmosis-1'))).toEqual({
      kind: 'halted',
      chainId: 'osmosis-1',
    })
    expect(readIdentity(restartIdentity('osmosis-1'))).toEqual({ kind: 'restart', chainId: 'osmosis-1' })
    expect(readIdentity(NETWORK_IDENTITY)).toEqual({ kind: 'network' })
  })

  it('of other features are not read', () => {
    for (const other of ['wallet:osmosis-1/osmo1abc', 'faucet:lig-1', 'ibc:', 'ibc:osmosis-1/', '']) {
      expect(readIdentity(other)).toBeNull()
    }
  })
})
