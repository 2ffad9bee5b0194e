// The faucet's alert through the real alert machine and outbox: dry, refused secret, failing, reminders, over.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import type { Message } from '../../src/alerts/types.ts'
import type { FaucetInput } from '../../src/faucet/schema.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import {
  type Bench,
  cosmosAddress,
  faucetSettings,
  ligAddress,
  NOW_MS,
  person,
  startBench,
} from '../support/faucet.ts'

const MENTION = '<@&800000000000000009>'
let database: Database
let bench: Bench
let told: Message[]
let kicks: number
const clock = new ManualClock(NOW_MS)

async function start(changesFor: (url: string) => Partial<FaucetInput> = () => ({})) {
  clock.set(NOW_MS)
  told = []
  kicks = 0
  database = openDatabase(':memory:', { nowMs: NOW_MS })
  bench = await startBench({
    clock,
    database,
    settings: (url) => [faucetSettings(url, { mention: [MENTION], ...changesFor(url) })],
    deps: {
      alerts: {
        database,
        alerts: createAlertStore(database),
        route: (message) => {
          told.push(message)
          return [{ webhook: 'DISCORD_WEBHOOK_URL', mention: message.mention }]
        },
        committed: () => kicks++,
      },
    },
  })
}
beforeEach(() => start())
afterEach(() => bench.close())
const lines = () => told.map(({ headline }) => headline)
let user = 0
const drip = () => bench.drip(person(), ligAddress(`alert ${user++}`))

it('says that the faucet is dry, once, and that it pays again', async () => {
  bench.server.world.balance = 0n
  await drip()
  await drip()
  expect(lines()).toEqual(['🔴 FAUCET DRY: the faucet of ligate-devnet has nothing left to pay with.'])
  expect(told[0]).toMatchObject({
    identity: 'faucet:ligate-devnet',
    mention: [MENTION],
    notice: { kind: 'raised' },
  })
  expect(kicks).toBe(1)
  expect(database.sql.prepare('SELECT count(*) AS n FROM outbox').get()).toEqual({ n: 1 })
  bench.server.world.balance = 10n ** 15n
  clock.set(NOW_MS + 2 * 3_600_000)
  await drip()
  expect(lines().at(-1)).toBe('🟢 over: the faucet of ligate-devnet pays again, after 2 h.')
  expect(told.at(-1)!.notice.kind).toBe('resolved')
})

it('says that the secret is refused, by its name only', async () => {
  bench.server.rules.secret = 'another-secret'
  expect((await drip()).text).toContain('the faucet refuses my credentials; its operator has to mend this')
  expect(lines()).toEqual([
    '🔴 FAUCET REFUSES THE SECRET: the faucet of ligate-devnet does not take my credentials (FAUCET_TOKEN).',
  ])
})

it('says so after several failures in a row, over a restart too, and reminds after a day', async () => {
  bench.server.fault = () => 'html-502'
  await drip()
  await drip()
  expect(lines()).toEqual([])
  bench.restart()
  await drip()
  expect(lines()).toEqual(['🔴 FAUCET FAILS: the faucet of ligate-devnet failed several times in a row.'])
  await bench.room.tick()
  expect(lines()).toHaveLength(1)
  clock.set(NOW_MS + DAY_MS)
  await bench.room.tick()
  expect(lines().at(-1)).toMatch(/^🔴 still FAUCET FAILS/)
})

it("users' own faults are no trouble of the faucet", async () => {
  bench.server.rules.isAddress = () => false
  for (let n = 0; n < 5; n++) await drip()
  expect(bench.rows().every(({ cause }) => cause === 'address')).toBe(true)
  expect(lines()).toEqual([])
})

it('the server says itself that it is dry, before any user finds out', async () => {
  await bench.close()
  await start((url) => ({ address: { prefix: 'cosmos' }, sender: { kind: 'cosmjs', url, denom: 'utest' } }))
  await bench.room.tick()
  expect(lines()).toEqual([])
  bench.server.world.balance = 5n
  clock.set(NOW_MS + 300_000)
  await bench.room.tick()
  expect(lines()).toEqual(['🔴 FAUCET DRY: the faucet of ligate-devnet has nothing left to pay with.'])
  bench.server.world.balance = 10n ** 15n
  expect((await bench.drip(person(), cosmosAddress(1))).text).toContain('💧 Sent')
  expect(lines().at(-1)).toContain('pays again')
})

it('what was paid before the server ran dry is no sign that it pays again', async () => {
  await bench.close()
  await start((url) => ({ address: { prefix: 'cosmos' }, sender: { kind: 'cosmjs', url, denom: 'utest' } }))
  await bench.drip(person(), cosmosAddress(1))
  await bench.room.tick()
  bench.server.world.balance = 5n
  const tickAt = async (second: number) => {
    clock.set(NOW_MS + second * 1000)
    await bench.room.tick()
  }
  for (let second = 300; second <= 1200; second += 15) await tickAt(second)
  expect(lines()).toEqual(['🔴 FAUCET DRY: the faucet of ligate-devnet has nothing left to pay with.'])
  bench.server.world.balance = 10n ** 15n
  for (let second = 1215; second <= 1500; second += 15) await tickAt(second)
  expect(lines().slice(1)).toEqual(['🟢 over: the faucet of ligate-devnet pays again, after 20 min.'])
})
