// The first look at a chain is quiet about the past and not about the danger; a storm is one message.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { closeWorlds, DAY, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY

function hub(chains: ChainWorld, ages: readonly { count: number; ageMs?: number; frozen?: boolean }[]) {
  chains.addChain({ chainId: 'hub-1' })
  chains.addChain({ chainId: 'spoke-1' })
  return ages.flatMap(({ count, ...a }) =>
    Array.from(
      { length: count },
      () =>
        chains.openConnection('hub-1', 'spoke-1', {
          trustingPeriodMs: PERIOD,
          a,
          b: { trustingPeriodMs: 1000 * DAY },
        }).a.clientId,
    ),
  )
}

const pinged = (world: TestWorld) => world.posts().filter(({ mention_roles }) => mention_roles.length > 0)

describe('the first look', () => {
  it('sums up what was lost before in one line that tags nobody, and tells of the danger', async () => {
    let endangered = ''
    const world = await startWorld({
      build(chains) {
        hub(chains, [
          { count: 120, ageMs: 1.5 * PERIOD },
          { count: 7, frozen: true },
          { count: 30, ageMs: 0.2 * PERIOD },
        ])
        endangered = chains.openConnection('hub-1', 'spoke-1', {
          trustingPeriodMs: PERIOD,
          a: { ageMs: 0.85 * PERIOD },
          b: { trustingPeriodMs: 1000 * DAY },
        }).a.clientId
      },
    })
    const news = world.news()
    expect(news).toHaveLength(2)
    expect(news[0]).toMatch(new RegExp(`^🟡 \\d+ h left: hub-1 ${endangered} .*${world.role}$`))
    expect(news[1]).toMatch(/^⚪ First look at hub-1: 7 clients are frozen and 120 are expired already/)
    expect(world.posts()[1]).toMatchObject({ mention_roles: [], mentions: [] })
    await world.sweep()
    await world.restart()
    expect(world.news()).toEqual([])
  })

  it('takes what happens afterwards as news: expired, frozen, recovered', async () => {
    let ids: string[] = []
    const world = await startWorld({
      build(chains) {
        ids = hub(chains, [
          { count: 2, ageMs: 1.5 * PERIOD },
          { count: 1, ageMs: 0.99 * PERIOD },
          { count: 1 },
        ])
      },
    })
    const [dead, , dying, well] = ids as [string, string, string, string]
    expect(world.news()).toEqual([
      expect.stringContaining(`hub-1 ${dying}`),
      expect.stringMatching(/^(?!.*<@).*2/),
    ])
    world.chains.freeze('hub-1', well)
    world.chains.recover('hub-1', dead)
    await world.leap(60_000)
    await world.sweep()
    const news = world.news()
    expect(news.filter((line) => line.includes('FROZEN'))).toEqual([expect.stringContaining(well)])
    expect(news.filter((line) => line.includes('is active again'))).toEqual([expect.stringContaining(dead)])
    expect(news).toHaveLength(2)
    await world.leap(0.02 * PERIOD)
    expect(world.news()).toEqual([expect.stringMatching(new RegExp(`EXPIRED: hub-1 ${dying}`))])
    // The recovered one is watched again like any other.
    await world.leap(0.95 * PERIOD)
    await world.sweep()
    expect(world.news().some((line) => line.startsWith('🟠') && line.includes(dead))).toBe(true)
  })

  it('says nothing about strangers’ dead clients that nobody uses', async () => {
    const world = await startWorld({
      build(chains) {
        chains.addChain({ chainId: 'hub-1' })
        chains.addChain({ chainId: 'spoke-1' })
        for (const ageMs of [0.95 * PERIOD, 1.5 * PERIOD])
          chains.createClient('hub-1', { tracks: 'spoke-1', trustingPeriodMs: PERIOD, ageMs })
      },
    })
    expect(world.news()).toEqual([])
    const known = world.app.clients.store.clients('hub-1').filter(({ rule }) => rule === 'tendermint')
    expect(known.map(({ severity, attention }) => [severity, attention])).toEqual([
      ['critical', 'idle'],
      ['expired', 'idle'],
    ])
  })

  it('goes on quietly after the process was stopped in the middle of it', async () => {
    const world = await startWorld({
      build: (chains) => void hub(chains, [{ count: 40, ageMs: 1.5 * PERIOD }]),
    })
    expect(world.news()).toHaveLength(1)
    // As it is when the process ends between the portions and the end of the look.
    world.app.database.sql.exec(
      "UPDATE chains SET first_look_ms = NULL; DELETE FROM clients WHERE client_id GLOB '*[02468]'; DELETE FROM alert_states WHERE identity GLOB 'ibc:*[02468]'",
    )
    await world.restart()
    expect(pinged(world)).toEqual([])
  })
})

describe('a storm', () => {
  it('of fifty clients tags once, names each, and needs few messages', async () => {
    let ids: string[] = []
    const world = await startWorld({
      build(chains) {
        ids = hub(chains, [{ count: 50, ageMs: 0.5 * PERIOD }])
      },
    })
    expect(world.news()).toEqual([])
    await world.leap(0.3 * PERIOD)
    await world.pass(60_000)
    const news = world.news()
    expect(pinged(world)).toHaveLength(1)
    expect(news[0]).toMatch(/50/)
    expect(news.length).toBeLessThanOrEqual(6)
    const all = JSON.stringify(world.posts())
    for (const id of ids) expect(all).toMatch(new RegExp(`${id}\\b`))
    // The calm after it is one message too.
    for (const id of ids) world.chains.updateClient('hub-1', id)
    await world.sweep()
    await world.pass(60_000)
    expect(world.news().length).toBeLessThanOrEqual(6)
    expect(pinged(world).length).toBeLessThanOrEqual(1)
    expect(world.app.alerts.openAlerts()).toEqual([])
  })
})
