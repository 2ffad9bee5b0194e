// The faucet's alert through the real alert machine and outbox: dry, refused secret, failing, reminders, over.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
  SECRET,
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
        settings: { alerts: { escalate: null } },
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

it("a user's own faults are no trouble of the faucet, however often", async () => {
  bench.server.rules.isAddress = () => false
  const who = person()
  for (let n = 0; n < 5; n++) await bench.drip(who, ligAddress(n))
  await drip()
  expect(bench.rows().every(({ cause }) => cause === 'address')).toBe(true)
  expect(lines()).toEqual([])
})

describe('the same answer to one user after the other', () => {
  const refuse = (texts: readonly string[], status = 400) => {
    let n = 0
    bench.server.answer = () => ({
      status,
      type: 'json',
      body: JSON.stringify({ error: texts[n++ % texts.length] }),
    })
  }

  it('is an alert with its text, without a secret, a mention or a control character; a payment ends it', async () => {
    refuse([7, 8, 9].map((n) => `account sequence mismatch, expected ${n} @everyone \u001b[2J ${SECRET}`))
    const first = await drip()
    expect(first.text).toContain('No tokens were sent: the faucet refused the request.')
    expect(first.text).not.toContain(SECRET)
    expect(first.text).toContain('Nothing is used up')
    await drip()
    expect(lines()).toEqual([])
    await drip()
    await drip()
    expect(lines()).toEqual([
      '🔴 FAUCET REFUSES EVERYBODY: the faucet of ligate-devnet gives one user after the other the same answer.',
    ])
    expect(told[0]!.embed!.description).toContain(
      'The answer: `400: account sequence mismatch, expected 9 @everyone [2J [secret]`',
    )
    // Another answer in between says nothing of the first one; what the server says of its balance neither.
    refuse(['the captcha is wrong'])
    await drip()
    clock.set(NOW_MS + 300_000)
    await bench.room.tick()
    expect(lines()).toHaveLength(1)
    bench.server.answer = null
    await drip()
    expect(lines().at(-1)).toContain('pays again')
  })

  it.each([
    ['422 of a framework', ['missing field `captcha`'], 422, 1],
    ['an address that nobody has', ['invalid prefix of the address, expected cosmos'], 400, 1],
    ['answers that are not the same', ['captcha', 'chain is halted'], 400, 0],
    ["the faucet's own limit", ['this address has already been funded'], 400, 0],
  ])('%s', async (_, texts, status, alerts) => {
    refuse(texts, status)
    for (let n = 0; n < 3; n++) await drip()
    expect(lines()).toHaveLength(alerts)
    expect(bench.rows().every((row) => row.status === 'failed')).toBe(true)
  })

  it('a limit that a version before took for the fault of the address is none', async () => {
    refuse(['this address has already been funded'])
    for (let n = 0; n < 3; n++) await drip()
    database.sql.prepare("UPDATE drips SET cause = 'address'").run()
    await bench.room.tick()
    expect(lines()).toEqual([])
  })

  it('takes two users at least, whatever is set', async () => {
    await bench.close()
    await start(() => ({ alertAfterFailures: 1 }))
    refuse(['captcha'])
    const who = person()
    await bench.drip(who, ligAddress(1))
    await bench.drip(who, ligAddress(2))
    expect(lines()).toEqual([])
    await drip()
    expect(lines()).toHaveLength(1)
  })

  it('is none where somebody was paid in between', async () => {
    refuse(['captcha'])
    await drip()
    await drip()
    bench.server.answer = null
    await drip()
    refuse(['captcha'])
    await drip()
    expect(lines()).toEqual([])
  })
})

describe('payments that cannot be looked up', () => {
  it.each([
    [
      'cosmos',
      500,
      { code: 2, message: 'transaction indexing is disabled' },
      '500: transaction indexing is disabled',
    ],
    ['ligate', 200, '<html><title>Explorer</title></html>', '200: a web page, "Explorer"'],
  ] as const)(
    '%s: are said to be so, count as paid, and after three the operator is told once',
    async (kind, status, body, why) => {
      await bench.close()
      let isBroken = true
      const node = createServer((_, response) => {
        const good = kind === 'cosmos' ? { tx_response: { code: 0, height: '5' } } : { outcome: 'committed' }
        const text = isBroken ? body : good
        response
          .writeHead(isBroken ? status : 200)
          .end(typeof text === 'string' ? text : JSON.stringify(text))
      })
      await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
      const at = `http://127.0.0.1:${(node.address() as AddressInfo).port}/{hash}`
      await start((url) => ({
        sender: { kind: 'internal-drip', url, token: 'FAUCET_TOKEN', lookup: { kind, url: at } },
      }))
      const passing = setInterval(() => void clock.advance(1000), 5)
      try {
        const who = person()
        const seen = await bench.drip(who, ligAddress('lost'))
        expect(seen.text).toContain(`the faucet says it paid; I cannot look it up (\`${why}\`)`)
        expect(seen.text).toContain('A moderator can look it up and settle it: request #1.')
        expect(seen.text).not.toContain('not in a block')
        expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'unreadable', amount: '100 LGT' }])
        expect((await bench.drip(who, ligAddress('lost 2'))).refused).toBe(true)
        await drip()
        expect(lines()).toEqual([])
        await drip()
        await drip()
        expect(lines()).toEqual([
          '🔴 FAUCET CANNOT BE CHECKED: the faucet of ligate-devnet says that it pays, and I cannot look it up.',
        ])
        expect(told[0]!.embed!.description).toContain(`The answer: \`${why}\``)
        isBroken = false
        await clock.advance(3_600_000)
        await bench.room.tick()
        expect(bench.rows().every((row) => row.status === 'sent')).toBe(true)
        expect(lines()).toHaveLength(2)
        expect(bench.server.world.paid).toHaveLength(4)
      } finally {
        clearInterval(passing)
        node.close()
      }
    },
  )
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
