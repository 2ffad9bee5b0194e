// Clients on a chain that makes no blocks: what is said of a deadline that passes there, and what can still be done.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainOptions } from '../../sandbox/chains/chain.ts'
import type { Faults } from '../../sandbox/chains/server.ts'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const CLIENT = '07-tendermint-0'
const OVERDUE =
  /^🔴 OVERDUE: alpha-1 07-tendermint-0 \(tracks beta-1\) is past its deadline by the clock; the chain has made no block since .*\d\d:\d\d UTC\. An update waiting in its mempool with a header from before then can still save it <@&\d+>$/

const pair =
  (ageMs: number, host: Partial<ChainOptions> = {}) =>
  (chains: ChainWorld) => {
    chains.addChain({ chainId: 'alpha-1', ...host })
    chains.addChain({ chainId: 'beta-1' })
    chains.openConnection('alpha-1', 'beta-1', {
      trustingPeriodMs: PERIOD,
      a: { ageMs },
      b: { trustingPeriodMs: 1000 * DAY },
    })
  }

const ofClient = (lines: string[]) =>
  lines.filter((line) => line.includes(CLIENT) && !line.includes('HALTED'))
const post = (world: TestWorld, words: RegExp) => world.posts().find(({ content }) => words.test(content))

/** `alpha-1` halts, and the deadline of its client passes three hours later. */
async function overdue() {
  const world = await startWorld({ build: pair(PERIOD - 3 * HOUR) })
  await world.pass(2 * MINUTE)
  // Its pace of the last two weeks tells nothing of that since.
  world.chains.chain('beta-1').blocks.setInterval(1000)
  await world.pass(3 * MINUTE)
  world.news()
  world.chains.chain('alpha-1').halt()
  await world.pass(10 * MINUTE)
  world.news()
  await world.leap(3 * HOUR)
  await world.pass(MINUTE)
  return world
}

async function ask(world: TestWorld, command: string): Promise<string> {
  world.discord.say(world.ann, world.channelId, command)
  await expect.poll(() => world.answers().length).toBeGreaterThan(0)
  const { content, embeds } = world.answers().at(-1)!
  return JSON.stringify({ content, embeds })
}

describe('a deadline that passes on a chain that makes blocks', () => {
  const EXPIRED = expect.stringMatching(/^🔴 EXPIRED: alpha-1 07-tendermint-0 .*governance only <@&\d+>$/)
  const news = (world: TestWorld) =>
    ofClient(world.news()).filter((line) => !line.includes('still not updated'))

  /** Ten minutes before the deadline. */
  const near = async (blockIntervalMs: number, faults: Faults = {}) => {
    const world = await startWorld({
      build: pair(PERIOD - 10 * MINUTE, { blockIntervalMs }),
      endpoints: { 'alpha-1': [faults, faults] },
    })
    world.news()
    await world.pass(9 * MINUTE)
    return world
  }

  it.each([30, 60, 200])('every %i s, calls once: when a block says so', async (seconds) => {
    const world = await near(seconds * 1000)
    await world.pass(5 * MINUTE)
    expect(news(world)).toEqual([EXPIRED])
  })

  it('calls once where sweeps come in the very seconds of it', async () => {
    const world = await near(6000)
    await world.pass(45_000)
    for (let second = 0; second < 25; second++) {
      await world.clock.advance(1000)
      await world.sweep()
    }
    await world.pass(MINUTE)
    expect(news(world)).toEqual([EXPIRED])
  })

  it('calls once where the clock of this machine is fast, and says nothing that is not so before', async () => {
    // As seen by a clock that is three minutes fast.
    const world = await near(6000, { behindMs: 3 * MINUTE })
    await world.pass(3 * MINUTE)
    expect(news(world)).toEqual([])
    expect(await ask(world, `$client ${CLIENT} alpha-1`)).not.toContain('made no block')
    await world.pass(2 * MINUTE)
    expect(news(world)).toEqual([EXPIRED])
  })

  it('is OVERDUE as soon as the chain is seen to have stopped before it', async () => {
    const world = await near(6000)
    world.chains.chain('alpha-1').halt()
    await world.pass(4 * MINUTE)
    expect(news(world)).toEqual([])
    await world.pass(90_000)
    expect(news(world)).toEqual([expect.stringMatching(OVERDUE)])
  })
})

describe('a deadline that passes while the host makes no blocks', () => {
  it('is not said to be over, and the command that still helps names a height from before the halt', async () => {
    const world = await overdue()
    expect(ofClient(world.news())).toEqual([expect.stringMatching(OVERDUE)])
    const { description } = post(world, OVERDUE)!.embeds[0]!
    expect(description).not.toContain('recover')
    const command = /hermes update client --host-chain alpha-1 --client 07-tendermint-0 --height (\d+)/
    const height = Number(command.exec(description!)![1])
    const [host, tracked] = [world.chains.chain('alpha-1'), world.chains.chain('beta-1')]
    const halfHour = 30n * 60n * 1_000_000_000n
    const lastBlockNs = host.blocks.timeNs(host.height)
    expect(tracked.blocks.timeNs(height)).toBeLessThan(lastBlockNs)
    expect(tracked.blocks.timeNs(height)).toBeGreaterThan(lastBlockNs - halfHour)
    // And it does help: it waits in the mempool, and the first blocks have times of before.
    const header = { revision: 1n, height: BigInt(height) }
    host.resume(2)
    expect(host.status(CLIENT)).toBe('Active')
    world.chains.putHeader('alpha-1', CLIENT, header, tracked.blocks.timeNs(height))
    await world.pass(2 * MINUTE)
    expect(host.status(CLIENT)).toBe('Active')
    await world.sweep()
    expect(ofClient(world.news())).toEqual([
      expect.stringMatching(/^🟢 over: alpha-1 07-tendermint-0 .*\(was past its deadline by the clock, /),
    ])
    expect(post(world, /OVERDUE/)!.content).toMatch(/^🟢 over: /)
  })

  it('is EXPIRED as soon as the chain itself is past it, without waiting for a sweep', async () => {
    const world = await overdue()
    world.news()
    await world.restart()
    const host = world.chains.chain('alpha-1')
    host.resume(2)
    for (let second = 0; second < 10; second++) {
      await world.pass(1000)
      await world.sweep()
      expect(host.status(CLIENT)).toBe('Active')
      expect(ofClient(world.news())).toEqual([])
    }
    await world.pass(2 * MINUTE)
    expect(ofClient(world.news())).toEqual([
      expect.stringMatching(
        /^🔴 EXPIRED: alpha-1 07-tendermint-0 \(tracks beta-1\)\. An update is refused now, governance only <@&\d+>$/,
      ),
    ])
    expect(post(world, /EXPIRED/)!.embeds[0]!.description).toContain('recover-client')
    expect(post(world, /OVERDUE/)!.content).toMatch(/^⚪ seen since: /)
    await world.sweep()
    await world.restart()
    expect(ofClient(world.news())).toEqual([])
  })

  it('is news at the first look too: it can still be saved', async () => {
    const world = await makeWorld({ build: pair(PERIOD - HOUR) })
    world.chains.chain('alpha-1').halt()
    await world.clock.advance(2 * HOUR)
    await world.restart()
    expect(ofClient(world.news())).toEqual([expect.stringMatching(OVERDUE)])
  })

  it('is told of in the same words by every answer', async () => {
    const world = await overdue()
    const client = await ask(world, `$client ${CLIENT} alpha-1`)
    expect(client).toMatch(
      /past its deadline by the clock.*the chain has made no block since.*can still save it/,
    )
    expect(client).toMatch(/--height \d+/)
    expect(client).not.toMatch(/governance only|recover-client|\*\*expired\*\*/)
  })
})
