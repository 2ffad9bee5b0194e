// Killed between the commit and the note of the delivery, and started again: told, and not twice where it can be seen.
import { afterEach, describe, expect, it } from 'vitest'
import { closeOutside, killed, makeOutside, type Outside, oneCritical } from '../support/bot-process.ts'
import { until } from '../support/discord-bot.ts'

afterEach(closeOutside)

const POST = { method: 'POST', path: '/webhooks/{webhook_id}/{webhook_token}' }
const ALERT = /^🟠 16 h left: alpha-1 07-tendermint-0/

const posted = (world: Outside) =>
  world.server.requests.filter(
    ({ method, path }) => method === 'POST' && path === '/webhooks/{webhook_id}/{webhook_token}',
  )

/** Waits until the bot has swept and told all that it has to tell, by its answer to a question. */
async function told(world: Outside, count: number): Promise<string[]> {
  await until(() => world.lines().length >= count)
  // What comes too often comes within this: the queue is worked on without a pause.
  await new Promise((resolve) => setTimeout(resolve, 700))
  return world.lines()
}

describe('killed', () => {
  it('before it was sent: told after the next start, once', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.server.faults.add('webhook', { kind: 'status', status: 503 }, { ...POST, times: Infinity })
    const first = world.run('start')
    await until(() => posted(world).length > 0)
    await killed(first)
    expect(world.lines()).toEqual([])
    world.server.faults.clear()
    world.run('start')
    expect(await told(world, 1)).toEqual([expect.stringMatching(ALERT)])
  })

  it('while Discord was thinking: told after the next start, once', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.server.faults.add('webhook', { kind: 'hang' }, POST)
    const first = world.run('start')
    await until(() => posted(world).length > 0)
    await killed(first)
    expect(world.lines()).toEqual([])
    world.run('start')
    expect(await told(world, 1)).toEqual([expect.stringMatching(ALERT)])
  })

  it('after Discord accepted it, before the note: found in the channel, not told twice', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.server.faults.add('webhook', { kind: 'hang', afterAccept: true }, POST)
    const first = world.run('start')
    await until(() => world.lines().length > 0)
    await killed(first)
    const second = world.run('start')
    await until(() => second.err().includes('it had been delivered: found in the channel'))
    expect(await told(world, 1)).toEqual([expect.stringMatching(ALERT)])
    expect(posted(world)).toHaveLength(1)
  })

  it('after Discord accepted it, where the channel cannot be read: told twice at most', async () => {
    const world = await makeOutside({ build: oneCritical, unreadable: true })
    world.server.faults.add('webhook', { kind: 'hang', afterAccept: true }, POST)
    const first = world.run('start')
    await until(() => world.lines().length > 0)
    await killed(first)
    world.run('start')
    const lines = await told(world, 2)
    expect(lines).toEqual([expect.stringMatching(ALERT), expect.stringMatching(ALERT)])
  })

  it('in the middle of a sweep: the next start finds what it had not told', async () => {
    const world = await makeOutside({
      build: oneCritical,
      endpoints: { 'alpha-1': [{ only: /consensus_states/, hang: true }] },
    })
    const first = world.run('start')
    const [endpoint] = world.endpoints.get('alpha-1')!
    await until(() => endpoint!.log.some(({ path }) => path.includes('consensus_states')))
    await killed(first)
    expect(world.lines()).toEqual([])
    endpoint!.faults = {}
    world.run('start')
    expect(await told(world, 1)).toEqual([expect.stringMatching(ALERT)])
  })

  it('again and again: the alert is told once, and its end too', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.server.faults.add('webhook', { kind: 'hang', afterAccept: true }, POST)
    const first = world.run('start')
    await until(() => world.lines().length > 0)
    await killed(first)
    world.chains.updateClient('alpha-1', '07-tendermint-0')
    // The line that it is over is accepted, and the edit of the first message is lost with the process.
    world.server.faults.add('webhook', { kind: 'hang' }, { method: 'PATCH' })
    const second = world.run('start')
    await until(() => world.server.requests.some(({ method }) => method === 'PATCH'))
    await killed(second)
    world.server.faults.clear()
    world.run('start')
    await until(() => world.lines()[0]?.includes(' over: 🟠'))
    expect(await told(world, 2)).toEqual([
      expect.stringMatching(/^\S+ over/),
      expect.stringMatching(/^🟢 over: alpha-1 07-tendermint-0/),
    ])
  })
})
