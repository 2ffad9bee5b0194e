// Every contract of the sandbox through the whole faucet: paid, its own cooldown, dry, a wrong secret, switched off.
import { afterEach, describe, expect, it } from 'vitest'
import type { ManualClock } from '../../sandbox/manual-clock.ts'
import type { FaucetInput } from '../../src/faucet/schema.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import {
  type Bench,
  faucetSettings,
  ligAddress,
  moderator,
  NOW_MS,
  person,
  startBench,
} from '../support/faucet.ts'

let bench: Bench
afterEach(() => bench.close())

type SenderInput = FaucetInput['sender']
const SENDERS: Record<string, (url: string) => SenderInput> = {
  'internal-drip': (url) => ({ kind: 'internal-drip', url, token: 'FAUCET_TOKEN' }),
  'ligate-drip-bot': (url) => ({ kind: 'ligate-drip-bot', url, token: 'FAUCET_TOKEN' }),
  'ligate-v1': (url) => ({ kind: 'ligate-v1', url }),
  cosmjs: (url) => ({ kind: 'cosmjs', url, denom: 'utest' }),
  ignite: (url) => ({
    kind: 'ignite',
    url,
    lookup: { kind: 'cosmos', url: `${url}/cosmos/tx/v1beta1/txs/{hash}` },
  }),
  'ignite 28': (url) => ({ kind: 'ignite', url, coins: ['10utest'] }),
  http: (url) => ({
    kind: 'http',
    url,
    path: '/custom/pay',
    token: 'FAUCET_TOKEN',
    headers: { 'X-Key': '{token}' },
    body: { to: { account: '{address}' } },
    hash: 'result.tx.hash',
    error: 'problem.text',
    lookup: { kind: 'ligate', url: `${url}/v1/txs/{hash}` },
  }),
}
const start = async (name: string) => {
  bench = await startBench({ settings: (url) => [faucetSettings(url, { sender: SENDERS[name]!(url) })] })
}
const names = Object.keys(SENDERS)
const withSecret = ['internal-drip', 'ligate-drip-bot', 'http']
const withHash = ['internal-drip', 'ligate-drip-bot', 'ligate-v1', 'ignite', 'http']

describe.each(names)('%s', (name) => {
  it('pays once, and tells the hash where there is one', async () => {
    await start(name)
    const seen = await bench.drip(person(), ligAddress(1))
    expect(seen.text).toContain(`💧 Sent `)
    expect(bench.server.world.timesPaid(ligAddress(1))).toBe(1)
    expect(seen.text.includes('https://explorer.ligate.io/tx/')).toBe(withHash.includes(name))
    expect(bench.rows()).toMatchObject([{ status: 'sent' }])
  })

  it('dry: nobody is paid, and the user keeps or gets back what is certain', async () => {
    await start(name)
    bench.server.world.balance = 0n
    await bench.drip(person(), ligAddress(1))
    expect(bench.server.world.paid).toEqual([])
    expect(['failed', 'unknown']).toContain(bench.rows()[0]!.status)
  })

  it('a connection that is reset after paying is unknown, and nobody is paid twice', async () => {
    await start(name)
    bench.server.fault = () => 'reset-after'
    const who = person()
    await bench.drip(who, ligAddress(1))
    expect((await bench.drip(who, ligAddress(1))).refused).toBe(true)
    expect(bench.rows()).toMatchObject([{ status: 'unknown' }])
    expect(bench.server.world.paid).toHaveLength(1)
  })
})

it.each(withSecret)("%s: a wrong secret is told to the user as the operator's matter", async (name) => {
  await start(name)
  bench.server.rules.secret = 'something-else'
  const seen = await bench.drip(person(), ligAddress(1))
  expect(seen.text).toContain('the faucet refuses my credentials; its operator has to mend this')
  expect(bench.rows()).toMatchObject([{ status: 'failed', cause: 'secret' }])
})

it('ligate-drip-bot: its own five days are shown, not a sum of ours; 503 is a certain no', async () => {
  await start('ligate-drip-bot')
  const who = person()
  const first = await bench.drip(who, ligAddress(1))
  const own = (NOW_MS + 5 * DAY_MS) / 1000
  expect(first.text).toContain('Sent 1,000 LGT')
  expect(first.text).toContain(`The faucet says that the next one is possible <t:${own}:f> (<t:${own}:R>).`)
  const clock = bench.clock as ManualClock
  clock.set(NOW_MS + DAY_MS)
  const second = await bench.drip(who, ligAddress(1))
  expect(second.text).toContain(`the faucet says that it pays again <t:${own}:f>`)
  expect(second.text).toContain('Nothing is used up here')
  bench.server.rules.disabled = true
  const third = await bench.drip(who, ligAddress(1))
  expect(third.text).toContain('the faucet is switched off by its operator')
  expect(bench.rows().map(({ cause }) => cause)).toEqual([null, 'limited', 'disabled'])
})

it.each(['ligate-v1', 'cosmjs', 'ignite 28'])(
  '%s: its cooldown for an address is a certain no',
  async (name) => {
    await start(name)
    bench.server.world.cooldownSecs = 3600
    await bench.drip(person(), ligAddress(1))
    const seen = await bench.drip(person(), ligAddress(1))
    expect(seen.text).toContain('the faucet itself has a limit that is reached')
    expect(bench.rows()).toMatchObject([{ status: 'sent' }, { status: 'failed', cause: 'limited' }])
  },
)

it.each(withHash)(
  '%s: included, but without success, is told as such and gives the allowance back',
  async (name) => {
    await start(name)
    bench.server.world.reverting = true
    const who = person()
    const seen = await bench.drip(who, ligAddress(1))
    expect(seen.text).toContain('was included in a block, but it did not succeed')
    expect(bench.rows()).toMatchObject([{ status: 'failed', cause: 'reverted' }])
    bench.server.world.reverting = false
    if (name !== 'ligate-drip-bot') expect((await bench.drip(who, ligAddress(1))).text).toContain('💧')
  },
)

describe('where the configuration says where to look, sent is told only once it is seen in a block', () => {
  /** Moves the clock on, a second at a time, until the answer is there. */
  async function answered<T>(answer: Promise<T>): Promise<T> {
    let isThere = false
    void answer.finally(() => {
      isThere = true
    })
    while (!isThere) {
      await (bench.clock as ManualClock).advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return answer
  }

  it('a few blocks are waited for', async () => {
    await start('ignite')
    bench.server.world.hiddenForMs = 7000
    expect((await answered(bench.drip(person(), ligAddress(1)))).text).toContain('💧 Sent')
    expect(bench.clock.now()).toBeGreaterThanOrEqual(NOW_MS + 7000)
  })

  it('after that it is unknown, and the answer is edited when the block has come', async () => {
    await start('ignite')
    bench.server.world.hiddenForMs = 60_000
    const who = person()
    const seen = await answered(bench.drip(who, ligAddress(1)))
    expect(seen.text).toContain('it says that it paid, but the transaction is not in a block yet')
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'ambiguous' }])
    expect((await bench.drip(who, ligAddress(1))).refused).toBe(true)
    const clock = bench.clock as ManualClock
    clock.set(NOW_MS + 90_000)
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'sent' }])
    expect(bench.edits.at(-1)!.text).toContain('💧 Sent')
    expect(bench.server.world.paid).toHaveLength(1)
  })
})

it('a list of bare hashes is one payment in several transactions: each is told, kept and in the history', async () => {
  bench = await startBench({
    settings: (url) => [faucetSettings(url, { sender: { kind: 'http', url, path: '/mint' } })],
  })
  const hashes = ['ab12', 'cd34', 'ef56'].map((part) => part.repeat(16))
  bench.server.answer = () => ({ status: 200, type: 'json', body: JSON.stringify(hashes) })
  const seen = await bench.drip(person(), ligAddress(1))
  expect(seen.text).toContain('💧 Sent')
  for (const hash of hashes)
    expect(seen.text).toContain(`\`${hash}\` <https://explorer.ligate.io/tx/${hash}>`)
  expect(bench.rows()).toMatchObject([{ status: 'sent', tx_hash: hashes.join(' ') }])
  const history = await bench.type(moderator(), 'drips', {})
  expect(history.text).toContain(`\`${hashes[0]}\` and 2 more`)
  expect(history.text).not.toContain(hashes[1])
})
