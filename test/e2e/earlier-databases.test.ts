// Databases that earlier versions made, alerts open and messages waiting: this program goes on where they ended.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createStore } from '../../src/faucet/store.ts'
import { DATABASE_FILE, migrations } from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { walletStore } from '../../src/wallets/store.ts'
import { buildEarlier, clientOf, STARTED_MS } from '../support/earlier-world.ts'
import { closeWorlds, DAY, MINUTE, makeWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

/** When the earlier program ended; see make-earlier.ts. */
const ENDED_MS = Date.UTC(2026, 10, 20, 19, 21)
const UPDATED_MS = Date.UTC(2026, 10, 20, 14, 20)

/** The world of the earlier program, its database in place; the bot is not started. */
async function earlierWorld(version: number): Promise<TestWorld> {
  const world = await makeWorld({ build: buildEarlier, startMs: STARTED_MS })
  world.clock.set(UPDATED_MS)
  world.chains.updateClient('alpha-1', clientOf('updated'))
  world.clock.set(ENDED_MS)
  world.endpoints.get('gamma-1')![0]!.faults = { html: 502 }
  const sql = openSqlite(join(world.dataDirectory, DATABASE_FILE))
  sql.pragma('foreign_keys = OFF')
  sql.exec(readFileSync(new URL(`../fixtures/databases/version-${version}.sql`, import.meta.url), 'utf8'))
  expect(sql.pragma('user_version', { simple: true })).toBe(version)
  sql.close()
  return world
}

const waiting = (world: TestWorld) => world.app.delivery.status().waiting
const open = (world: TestWorld) =>
  world.app.alerts.openAlerts().map(({ identity, state }) => [state.alertId, state.level, identity])

const OPEN = [
  [1, 'critical', `ibc:alpha-1/${clientOf('critical')}`],
  [2, 'expired', `ibc:alpha-1/${clientOf('expired')}`],
  [3, 'blind', 'blind:gamma-1'],
  [4, 'warning', `ibc:alpha-1/${clientOf('warned')}`],
  [6, 'warning', `ibc:alpha-1/${clientOf('late')}`],
]

describe.each([5, 10])('a database of version %i', (version) => {
  it('becomes one of this version, and nothing in it is lost', async () => {
    const world = await earlierWorld(version)
    await world.restart()
    const { database } = world.app
    expect(database.one('PRAGMA user_version')).toEqual({ user_version: migrations().at(-1)!.version })
    expect(open(world)).toEqual(OPEN)
    expect(world.app.alerts.allocateId()).toBe(7)
    const wallets = walletStore(database)
    expect(wallets.registrations()).toMatchObject([{ address: 'beta1relayer', thresholdBase: 5_000_000n }])
    expect(wallets.history('beta-1', 'beta1relayer', 'ubeta', 0)[0]).toMatchObject({ base: 9_000_000n })
    const drips = createStore(database).page({ chains: ['beta'] }, 0, 10).drips
    expect(drips.map(({ status, address, txHash }) => [status, address, txHash])).toEqual([
      ['unknown', 'beta1b', null],
      ['sent', 'beta1a', 'AB'],
    ])
  })

  it('has its waiting messages delivered, and nothing is told twice', async () => {
    const world = await earlierWorld(version)
    await world.restart()
    await world.pass(2 * MINUTE)
    expect(waiting(world)).toBe(0)
    expect(world.news()).toEqual([
      expect.stringMatching(/^🟢 over: alpha-1 07-tendermint-3 /),
      expect.stringMatching(/^⚫ BLIND 9 h: gamma-1, /),
      expect.stringMatching(/^🟡 5 d left: alpha-1 07-tendermint-4 /),
    ])
    await world.pass(10 * MINUTE)
    expect(world.news()).toEqual([])
  })

  it('is told once whom alerts tag from now on, where the configuration names what is mine', async () => {
    const world = await earlierWorld(version)
    const { settings } = world
    const naming = settings.chains.map((chain) =>
      chain.chainId === 'alpha-1' ? { ...chain, mine: ['connection-0'] } : chain,
    )
    for (const news of [[expect.stringMatching(/^⚠️ From now on, on alpha-1 alerts tag somebody for/)], []]) {
      await world.restart({ ...settings, chains: naming })
      await world.pass(2 * MINUTE)
      expect(world.news().filter((line) => line.includes('alerts tag'))).toEqual(news)
    }
  })

  it('has its alerts go on under their numbers', async () => {
    const world = await earlierWorld(version)
    await world.restart()
    await world.pass(2 * MINUTE)
    world.news()
    world.endpoints.get('gamma-1')![0]!.faults = {}
    world.chains.updateClient('alpha-1', clientOf('warned'))
    await world.pass(3 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([
      expect.stringMatching(/^🟢 over: gamma-1 can be read again .* #3$/),
      expect.stringMatching(/^🟢 over: alpha-1 07-tendermint-0 .* #4$/),
    ])
    await world.leap(DAY)
    expect(world.news()).toEqual([
      // The wallets are checked after the leap too; this one has no address of the sandbox.
      expect.stringMatching(/^⚫ BLIND 24 h: wallet beta1/),
      expect.stringMatching(/1 still critical.*\n.*07-tendermint-1 .* #1\n.*07-tendermint-4 .* #6$/),
    ])
    expect(open(world)).toEqual([
      ...OPEN.filter(([id]) => id !== 3 && id !== 4),
      [7, 'blind', 'wallet-unseen:beta-1/beta1relayer'],
    ])
  })
})
