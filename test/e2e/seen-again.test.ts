// What was told from memory while a chain could not be read is told again when it is seen: confirmed, or over.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const CLIENT = '07-tendermint-0'

const pair = (ageMs: number) => (chains: ChainWorld) => {
  for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
  chains.openConnection('alpha-1', 'beta-1', {
    trustingPeriodMs: PERIOD,
    a: { ageMs },
    b: { trustingPeriodMs: 1000 * DAY },
  })
}

function strike(world: TestWorld, down: boolean): void {
  for (const endpoint of world.endpoints.get('alpha-1')!) endpoint.faults = down ? { html: 502 } : {}
}

/** About the client, not about its chain. */
const ofClient = (lines: string[]) => lines.filter((line) => line.includes(CLIENT) && !line.includes('BLIND'))

/** `alpha-1` goes down when so much of the client's period is used; comes `untilShare`, told from memory only. */
async function toldBlind(share: number, untilShare: number) {
  const world = await startWorld({ build: pair(share * PERIOD) })
  await world.pass(2 * MINUTE)
  world.news()
  strike(world, true)
  await world.pass(MINUTE)
  await world.leap((untilShare - share) * PERIOD)
  await world.pass(MINUTE)
  const told = ofClient(world.news())
  expect(told.at(-1)).toMatch(/^⚫ .*as of the reading/)
  return world
}

const post = (world: TestWorld, words: RegExp) => world.posts().find(({ content }) => words.test(content))

describe('an expiry that was told from memory', () => {
  it('is told again when it is seen, with the mention and the right advice, and the old message says so', async () => {
    const world = await toldBlind(0.95, 1.01)
    strike(world, false)
    await world.pass(3 * MINUTE)
    expect(ofClient(world.news())).toEqual([
      expect.stringMatching(
        /^🔴 EXPIRED, seen now: alpha-1 07-tendermint-0 \(tracks beta-1\)\. An update is refused now, governance only <@&\d+>$/,
      ),
    ])
    expect(post(world, /^🔴 EXPIRED, seen now/)!.embeds[0]!.description).toContain('recover-client')
    const old = post(world, /MAY HAVE EXPIRED/)!
    expect(old.content).toMatch(/^⚪ seen since: /)
    expect(old.content).not.toContain('<@')
    expect(old.embeds[0]!.title).toContain('EXPIRED, seen now')
    await world.restart()
    await world.sweep()
    expect(ofClient(world.news())).toEqual([])
  })

  it('is told as soon as Discord takes it, where it does not at that moment', async () => {
    const world = await toldBlind(0.95, 1.01)
    world.server.faults.add('webhook', { kind: 'status', status: 503 }, { times: Infinity })
    strike(world, false)
    await world.pass(3 * MINUTE)
    world.server.faults.clear()
    await world.pass(10 * MINUTE)
    expect(ofClient(world.news())).toEqual([expect.stringMatching(/^🔴 EXPIRED, seen now: .*<@&/)])
    expect(post(world, /MAY HAVE EXPIRED/)!.content).toMatch(/^⚪ seen since: /)
  })

  it('is told again by a bot that was started anew in between', async () => {
    const world = await toldBlind(0.95, 1.01)
    await world.restart()
    strike(world, false)
    await world.pass(3 * MINUTE)
    expect(ofClient(world.news())).toEqual([expect.stringMatching(/^🔴 EXPIRED, seen now: .*<@&/)])
  })

  it('is over, and is not said to have been true, where it was updated in time', async () => {
    const world = await toldBlind(0.95, 1.01)
    world.chains.editClient('alpha-1', CLIENT, { trustingPeriodNs: 1000n * 86_400_000_000_000n })
    world.chains.updateClient('alpha-1', CLIENT)
    strike(world, false)
    await world.pass(3 * MINUTE)
    expect(ofClient(world.news())).toEqual([
      expect.stringMatching(/^🟢 over: alpha-1 07-tendermint-0 .*\(was "may have expired", /),
    ])
    expect(post(world, /MAY HAVE EXPIRED/)!.content).toMatch(/^🟢 over: /)
    expect(world.app.alerts.openAlerts()).toEqual([])
  })

  it('is withdrawn as what it was told as, where its chain leaves the configuration', async () => {
    const world = await toldBlind(0.95, 1.01)
    const { settings } = world
    await world.restart({
      ...settings,
      chains: settings.chains.filter(({ chainId }) => chainId !== 'alpha-1'),
    })
    await world.pass(MINUTE)
    expect(ofClient(world.news())).toEqual([
      expect.stringMatching(/^⚪ withdrawn: .*that alerts are about; it may have expired #1$/),
    ])
  })

  it('is told as the danger that it is where an update came in time and the next is due', async () => {
    const world = await toldBlind(0.95, 1.01)
    // Seen now: 85 % of a longer period.
    const nowNs = BigInt(world.clock.now()) * 1_000_000n
    const { latestHeight } = world.chains.chain('alpha-1').client(CLIENT).data as never
    const { revision, height } = latestHeight as { revision: bigint; height: bigint }
    const ns = BigInt(PERIOD) * 1_000_000n
    world.chains.putHeader('alpha-1', CLIENT, { revision, height: height + 10n }, nowNs - (ns / 100n) * 85n)
    strike(world, false)
    await world.pass(3 * MINUTE)
    expect(ofClient(world.news())).toEqual([
      expect.stringMatching(/^🟡 \d+ h left, seen now: alpha-1 07-tendermint-0 .*, expires .* UTC <@&\d+>$/),
    ])
    expect(world.app.alerts.openAlerts()).toHaveLength(1)
  })
})

describe('a threshold that was told from memory', () => {
  it.each([
    ['warning', 0.7, 0.81, /^🟡 \d+ h left, seen now: alpha-1 07-tendermint-0 .*, expires .* UTC <@&\d+>$/],
    ['critical', 0.85, 0.92, /^🟠 \d+ h left, seen now: alpha-1 07-tendermint-0 .*, expires .* UTC <@&\d+>$/],
  ])('%s: is told again when it is seen', async (_level, from, until, line) => {
    const world = await toldBlind(from, until)
    strike(world, false)
    await world.pass(3 * MINUTE)
    expect(ofClient(world.news())).toEqual([expect.stringMatching(line)])
    await world.sweep()
    expect(ofClient(world.news())).toEqual([])
  })
})

describe('an expiry that nobody was told of', () => {
  it('because the bot was down, is told when it is seen', async () => {
    const world = await startWorld({ build: pair(0.95 * PERIOD) })
    await world.pass(MINUTE)
    world.news()
    await world.stop()
    await world.leap(0.06 * PERIOD)
    await world.restart()
    await world.pass(MINUTE)
    expect(ofClient(world.news())).toEqual([expect.stringMatching(/^🔴 EXPIRED: .*governance only <@&/)])
  })

  it('because Discord was down too, is told once, as it is seen', async () => {
    const world = await startWorld({ build: pair(0.95 * PERIOD) })
    await world.pass(MINUTE)
    world.news()
    world.server.faults.add('webhook', { kind: 'status', status: 500 }, { times: Infinity })
    strike(world, true)
    await world.pass(MINUTE)
    await world.leap(0.06 * PERIOD)
    await world.pass(MINUTE)
    strike(world, false)
    await world.pass(3 * MINUTE)
    world.server.faults.clear()
    await world.pass(HOUR)
    // By the webhook, or by the bot's own account, which does not wait for it for long.
    const told = [...world.news(), ...world.answers().map(({ content }) => content)]
    expect(ofClient(told)).toEqual([expect.stringMatching(/^🔴 EXPIRED, seen now: .*<@&/)])
  })
})

it('is started over a new database without anything to confirm', async () => {
  const world = await makeWorld({ build: pair(0.95 * PERIOD) })
  await world.restart()
  expect(ofClient(world.news())).toEqual([expect.not.stringContaining('seen now')])
})
