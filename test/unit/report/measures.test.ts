// What is measured of clients: those that alerts are about alone, in danger first, and never more than a bound.
import { expect, it } from 'vitest'
import { createAlertStore } from '../../../src/alerts/store.ts'
import { createDirectory } from '../../../src/chains/directory.ts'
import { clientStore } from '../../../src/clients/store.ts'
import type { ClientRow } from '../../../src/clients/types.ts'
import { createMetrics } from '../../../src/ops/metrics.ts'
import { measuresOf } from '../../../src/report/measures.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { aChain, aClient, EXPIRES, NOW } from '../../support/client-rows.ts'

/** The lines about clients that a database with these gives. */
async function linesOf(clients: readonly (Partial<ClientRow> & { expiresMs?: number })[]): Promise<string[]> {
  const database = openDatabase(':memory:', { nowMs: 0 })
  const store = clientStore(database)
  database.tx(() => {
    for (const { expiresMs = EXPIRES, ...more } of clients) store.save(aClient(more, expiresMs), NOW)
  })
  const chains = ['osmosis-1', 'juno-1', 'mine-1'].map((chainId) => aChain(chainId, chainId))
  chains[2]!.alerts.about = 'mine'
  const deps = {
    version: '1',
    directory: createDirectory(chains),
    store,
    chainStatus: () => ({
      state: 'ok' as const,
      sinceMs: null,
      reason: null,
      readMs: null,
      sweep: null,
      endpoints: [],
    }),
    nextSweepMs: () => null,
    alerts: createAlertStore(database),
    delivery: {
      status: () => ({ waiting: 0, everQueued: 0, webhooks: [], lanes: [] }),
    },
    wallets: { measured: () => [] },
    faucet: null,
    isConnected: () => true,
    database: () => ({ bytes: null, isWritable: true }),
    pingedMs: () => null,
  }
  const text = await createMetrics(() => measuresOf(deps, NOW), { now: () => NOW }).text()
  database.close()
  return text.split('\n').filter((line) => /^ibc_monitor_(client|left_out)/.test(line))
}

const named = (lines: string[], metric: string) =>
  lines.flatMap((line) =>
    line.startsWith(`ibc_monitor_${metric}{`) ? [/client_id="([^"]+)"/.exec(line)![1]!] : [],
  )

it('strangers and what is ignored are left out, without being counted as left out', async () => {
  const lines = await linesOf([
    { clientId: '07-tendermint-1' },
    { clientId: '07-tendermint-2', attention: 'idle' },
    { clientId: '07-tendermint-3', attention: 'mine', ignored: true },
    { chainId: 'mine-1', clientId: '07-tendermint-4' },
    { chainId: 'mine-1', clientId: '07-tendermint-5', attention: 'mine' },
    { chainId: 'gone-1', clientId: '07-tendermint-6' },
  ])
  expect(named(lines, 'client_status')).toEqual(['07-tendermint-1', '07-tendermint-5'])
  expect(lines).toContain('ibc_monitor_left_out{what="clients"} 0')
  expect(lines).toContain(
    `ibc_monitor_client_expiry_timestamp_seconds{chain_id="osmosis-1",client_id="07-tendermint-1",tracked_chain_id="cosmoshub-4"} ${EXPIRES / 1000}`,
  )
})

it('what has no deadline shows none; a frozen client neither', async () => {
  const lines = await linesOf([
    {
      clientId: '06-solomachine-1',
      rule: 'flag',
      expiresNs: null,
      lastUpdateNs: null,
      trustingPeriodNs: null,
      trackedChainId: null,
    },
    { clientId: '07-tendermint-2', status: 'frozen', severity: 'frozen' },
    { clientId: '07-tendermint-3', trustingPeriodNs: 10n ** 20n, unseenSinceMs: NOW },
  ])
  expect(named(lines, 'client_expiry_timestamp_seconds')).toEqual(['07-tendermint-3'])
  expect(named(lines, 'client_status')).toHaveLength(3)
  expect(lines.filter((line) => /client_readable.* 0$/.test(line))).toHaveLength(1)
})

it('a thousand that were lost long ago hide none that is in danger, lost just now, or about to be', async () => {
  const lost = Array.from({ length: 1001 }, (_, n) => ({
    clientId: `07-tendermint-${n}`,
    status: 'expired' as const,
    severity: 'expired' as const,
    expiresMs: EXPIRES - (1000 + n) * 86_400_000,
  }))
  const lines = await linesOf([
    ...lost,
    { chainId: 'juno-1', clientId: '07-tendermint-2001', expiresMs: NOW + 86_400_000 },
    { clientId: '07-tendermint-2002', severity: 'critical', expiresMs: NOW + 60_000 },
    { clientId: '07-tendermint-2003', status: 'frozen', severity: 'frozen' },
    { clientId: '07-tendermint-2004', severity: 'expired', expiresMs: NOW - 60_000 },
  ])
  const first = named(lines, 'client_status').slice(0, 4)
  expect(first).toEqual([2002, 2003, 2004, 2001].map((n) => `07-tendermint-${n}`))
  expect(lines).toContain('ibc_monitor_left_out{what="clients"} 5')
})

it('of more than a thousand those in danger are shown first, then by deadline, and the rest is counted', async () => {
  const many = Array.from({ length: 700 }, (_, n) => [
    { chainId: 'osmosis-1', clientId: `07-tendermint-${n}`, expiresMs: EXPIRES + n * 1000 },
    { chainId: 'juno-1', clientId: `07-tendermint-${1000 + n}`, expiresMs: EXPIRES + n * 1000 + 500 },
  ]).flat()
  const lines = await linesOf([
    ...many,
    { clientId: '07-tendermint-9999', severity: 'warning', expiresMs: EXPIRES + 10 ** 9 },
  ])
  const shown = named(lines, 'client_status')
  expect(shown).toHaveLength(1000)
  expect(shown.slice(0, 4)).toEqual([
    '07-tendermint-9999',
    '07-tendermint-0',
    '07-tendermint-1000',
    '07-tendermint-1',
  ])
  expect(lines).toContain('ibc_monitor_left_out{what="clients"} 401')
})
