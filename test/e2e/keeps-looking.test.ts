// What must not stop the looking: a damaged row, a clock that is set back, a slow chain.
import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, sleepUntil } from '../../src/kernel/clock.ts'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }

describe('one damaged row', () => {
  it('silences neither its own chain nor the others', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: {}, b: {}, trustingPeriodMs: PERIOD })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG, trustingPeriodMs: PERIOD })
      },
    })
    await world.pass(MINUTE)
    world.app.database.sql.exec(
      "UPDATE clients SET connection_ids = '{', next_due_ms = 1 WHERE chain_id = 'alpha-1' AND client_id = '07-tendermint-1'",
    )
    await world.leap(0.85 * PERIOD)
    await world.pass(2 * MINUTE)
    const all = world.lines().join('\n')
    expect(all).toMatch(/alpha-1 07-tendermint-0/)
    expect(all).toMatch(/beta-1 07-tendermint-0/)
    await world.sweep()
    expect(world.lines().join('\n')).not.toMatch(/BLIND/)
    // The next reading wrote it anew.
    expect(world.app.clients.store.client('alpha-1', '07-tendermint-1')?.connectionIds).toEqual([
      'connection-1',
    ])
  })
})

describe('a clock that is set back by hours', () => {
  it('does not stop the looks at the newest blocks, and blindness is told', async () => {
    // The machine's clock, not that of the chains; a timer goes by how long it is, not by the time of day.
    let backMs = 0
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      app: ({ clock }) => {
        const at: Clock['at'] = (atMs, run) => clock.at(atMs + backMs, run)
        const now = () => clock.now() - backMs
        return { clock: { now, at, sleep: (ms, signal) => sleepUntil({ at }, now() + ms, signal) } }
      },
    })
    await world.pass(2 * MINUTE)
    strike(world, { html: 502 })
    await world.pass(2 * MINUTE)
    backMs = 5 * HOUR
    await world.pass(15 * MINUTE)
    expect(world.lines()).toEqual([expect.stringMatching(/⚫ BLIND 1\d min: alpha-1/)])
  })
})

describe('a slow chain', () => {
  it('does not keep the others from being swept when the schedule says so', async () => {
    const world = await makeWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 12; n++) chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      config: (base) => ({ ...base, schedule: { ...base.schedule, clients: '* * * * * *' } }),
    })
    const [alpha, beta] = world.settings.chains
    const slow = { ...alpha!, limits: { ...alpha!.limits, requestsPerSecond: 0.5 } }
    // It never comes to rest.
    const starting = world.restart({ ...world.settings, chains: [slow, beta!] }).catch(() => {})
    const lists = () =>
      world.endpoints.get('beta-1')![0]!.log.filter(({ path }) => path.includes('/client_states?')).length
    const later = async () => {
      await world.clock.advance(1000)
      return lists()
    }
    await expect.poll(later, { timeout: 100_000 }).toBeGreaterThan(2)
    await world.stop()
    await starting
  })

  it('is told as blind although its sweep has not come to its end', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 20; n++) chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      config: (base) => ({ ...base, limits: { ...base.limits, inFlight: 1 } }),
    })
    await world.clock.advance(MINUTE)
    for (let n = 0; n < 20; n++) world.chains.updateClient('alpha-1', `07-tendermint-${n}`)
    const { log } = world.endpoints.get('alpha-1')![0]!
    const before = log.length
    strike(world, { latencyMs: 200 })
    void world.app.clients.watch.sweepAll()
    const reads = () => log.slice(before).some(({ path }) => path.includes('consensus'))
    await expect.poll(reads, { timeout: 30_000 }).toBe(true)
    strike(world, { latencyMs: 200, html: 502 })
    for (let minute = 0; minute < 13; minute++) {
      await world.clock.advance(MINUTE)
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    await expect.poll(() => world.lines()).toEqual([expect.stringMatching(/⚫ BLIND 1\d min: alpha-1/)])
  })
})
