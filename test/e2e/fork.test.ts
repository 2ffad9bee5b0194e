// An endpoint on a fork, far ahead of the others under the same chain id: it neither hides a loss nor makes it old news.
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { type ChainEndpoint, type Faults, serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { look } from '../../src/cli/check.ts'
import { exitCode } from '../../src/cli/check-report.ts'
import type { RestEndpoint } from '../../src/cosmos/endpoint-name.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld } from '../support/world.ts'

const forks: ChainEndpoint[] = []
afterEach(async () => {
  await closeWorlds()
  await Promise.all(forks.splice(0).map((one) => one.close()))
})

const PERIOD = 14 * DAY

/**
 * `alpha-1` with honest endpoints of these faults and one on a fork, on which the client is well for long. The bot is
 * not started yet.
 */
async function forked(honest: Faults[], ageMs: number) {
  let fork: ChainWorld
  const build = (chains: ChainWorld, age: number, height?: number) => {
    chains.addChain({ chainId: 'alpha-1', height })
    chains.addChain({ chainId: 'beta-1' })
    chains.openConnection('alpha-1', 'beta-1', {
      trustingPeriodMs: PERIOD,
      a: { ageMs: age },
      b: { trustingPeriodMs: 1000 * DAY },
    })
  }
  const world = await makeWorld({
    build(chains) {
      build(chains, ageMs)
      fork = new ChainWorld(chains.clock)
      build(fork, 0, 3_000_000)
    },
    endpoints: { 'alpha-1': honest },
  })
  const endpoint = await serveChain(fork!, 'alpha-1', {})
  forks.push(endpoint)
  const [alpha, beta] = world.settings.chains
  const over = (...rest: RestEndpoint[]) => ({ ...world.settings, chains: [{ ...alpha!, rest }, beta!] })
  return { world, all: over({ url: endpoint.url }, ...alpha!.rest), alone: over({ url: endpoint.url }) }
}

describe('an endpoint on a fork', () => {
  it('does not outweigh two that agree: the client that expires is told', async () => {
    const { world, all } = await forked([{}, {}], PERIOD - HOUR)
    await world.restart(all)
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 \d+ min left: alpha-1 07-tendermint-0/)])
    await world.leap(HOUR)
    await world.pass(MINUTE)
    expect(world.news().filter((line) => !line.includes('still'))).toEqual([
      expect.stringMatching(/^🔴 EXPIRED: alpha-1 07-tendermint-0 .*<@&\d+>$/),
    ])
  })

  it('that was believed before makes no old news of what the others show', async () => {
    const { world, all, alone } = await forked([{}, {}], PERIOD + HOUR)
    await world.restart(alone)
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([])
    await world.restart(all)
    await world.pass(2 * MINUTE)
    const news = world.news()
    expect(news).toContainEqual(expect.stringMatching(/^🔴 EXPIRED: alpha-1 07-tendermint-0 .*<@&\d+>$/))
    expect(news.join('\n')).not.toContain('already')
  })

  it('against one other: neither is believed, and that is told', async () => {
    const { world, all } = await forked([{}], PERIOD + HOUR)
    const report = await look(all.chains, { clock: world.clock, logger: pino({ level: 'silent' }) })
    expect(exitCode(report, all.chains, 'warning')).toBe(3)
    expect(report.chains[0]).toMatchObject({
      chainId: 'alpha-1',
      status: 'unreadable',
      reason: expect.stringContaining('cannot be one chain'),
    })
    await world.restart(all)
    await world.pass(13 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(/^⚫ BLIND 1\d min: alpha-1, 2 of 2 endpoints answer, none can be believed/),
    ])
  })

  it('that comes beside one that was believed is not believed', async () => {
    const { world, all } = await forked([{}], PERIOD - HOUR)
    await world.restart()
    await world.restart(all)
    await world.leap(HOUR)
    await world.pass(MINUTE)
    expect(world.news()).toContainEqual(
      expect.stringMatching(/^🔴 EXPIRED: alpha-1 07-tendermint-0 .*<@&\d+>$/),
    )
  })
})
