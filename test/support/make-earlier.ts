// Makes a database of test/fixtures/databases: copy this file and earlier-world.ts to test/support of a clone that stands
// at the earlier version, and run there `node --import tsx test/support/make-earlier.ts FILE.sql`.
import { writeFileSync } from 'node:fs'
import { createStore } from '../../src/faucet/store.ts'
import { walletStore } from '../../src/wallets/store.ts'
import { buildEarlier, clientOf, STARTED_MS } from './earlier-world.ts'
import { closeWorlds, HOUR, MINUTE, startWorld, type TestWorld } from './world.ts'

/** Alerts of every kind are told; then Discord is away, and one more is due, and one is over. */
async function play(): Promise<TestWorld> {
  const world = await startWorld({ build: buildEarlier, startMs: STARTED_MS })
  world.endpoints.get('gamma-1')![0]!.faults = { html: 502 }
  await world.pass(15 * MINUTE)
  await world.leap(4 * HOUR)
  await world.pass(5 * MINUTE)
  const { faults } = world.server
  faults.add('webhook', { kind: 'status', status: 503 }, { times: 100_000 })
  world.chains.updateClient('alpha-1', clientOf('updated'))
  await world.sweep()
  await world.leap(5 * HOUR)
  await world.pass(MINUTE)
  return world
}

/** Rows of the other rooms, by their own stores. */
function addRows(world: TestWorld): void {
  const nowMs = world.clock.now()
  const wallets = walletStore(world.app.database)
  const wallet = { chainId: 'beta-1', address: 'beta1relayer', denom: 'ubeta' }
  wallets.saveRegistration({ ...wallet, userId: world.ann, thresholdBase: 5_000_000n, createdMs: nowMs })
  wallets.saveBalance('beta-1', 'beta1relayer', 'ubeta', { base: 9_000_000n, readMs: nowMs })
  const faucet = createStore(world.app.database)
  const drip = { chain: 'beta', userId: world.ann, atMs: nowMs, firstTime: true }
  const paid = faucet.reserve({ ...drip, interactionId: '1', address: 'beta1a' })
  faucet.settle(paid, ['reserved'], { status: 'sent', txHash: 'AB', told: true }, nowMs)
  const doubtful = faucet.reserve({ ...drip, interactionId: '2', address: 'beta1b' })
  faucet.settle(doubtful, ['reserved'], { status: 'unknown', cause: 'ambiguous', told: true }, nowMs)
}

/** The whole database as SQL. */
function dump({ app }: TestWorld): string {
  const { sql } = app.database
  const schema = sql
    .prepare("SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as { name: string; type: string; sql: string }[]
  const tables = schema.filter(({ type }) => type === 'table')
  const rows = tables.flatMap(({ name }) => {
    const columns = (sql.pragma(`table_info(${name})`) as { name: string }[]).map(
      (one) => `quote(${one.name})`,
    )
    const values = sql
      .prepare(`SELECT ${columns.join(" || ', ' || ")} FROM ${name}`)
      .pluck()
      .all()
    return values.map((line) => `INSERT INTO ${name} VALUES (${line});`)
  })
  const order = [...tables, ...schema.filter(({ type }) => type !== 'table')]
  const version = sql.pragma('user_version', { simple: true })
  return [...order.map((one) => `${one.sql};`), ...rows, `PRAGMA user_version = ${version};`, ''].join('\n')
}

const world = await play()
addRows(world)
console.log(new Date(world.clock.now()).toISOString(), world.lines())
writeFileSync(process.argv[2]!, dump(world))
await closeWorlds()
