// The faucet's configuration: its defaults, every problem with its path, secrets by name only.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faucetSchema, faucetSecretNames } from '../../../src/faucet/schema.ts'
import { DAY_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { CHANNEL } from '../../support/faucet.ts'

const least = {
  chain: 'ligate-devnet',
  channels: [CHANNEL],
  address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 },
  sender: { kind: 'internal-drip', url: 'https://api.ligate.io/', token: 'FAUCET_TOKEN' },
}
const problems = (input: unknown) => {
  const parsed = faucetSchema.safeParse(input)
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('faucetSchema', () => {
  it('fills in the defaults', () => {
    const [settings] = faucetSchema.parse(least)
    expect(settings).toMatchObject({
      accountAgeMs: 7 * DAY_MS,
      memberAgeMs: DAY_MS,
      everyMs: DAY_MS,
      perAddressMs: null,
      dailyTotal: null,
      keptForFirstTimers: 0,
      requiredRoles: [],
      allowPending: false,
      dm: 'refusals',
      dmLimits: { perReasonMs: 10 * MINUTE_MS, perHour: 10 },
      address: { prefix: 'lig', encoding: 'bech32m', bytes: [28] },
      sender: {
        kind: 'internal-drip',
        url: 'https://api.ligate.io',
        timeoutMs: 45_000,
        token: 'FAUCET_TOKEN',
      },
    })
  })

  it('gives each kind time enough for its answer', () => {
    const timeout = (sender: object) => faucetSchema.parse({ ...least, sender })[0]!.sender.timeoutMs
    const url = 'https://x.org'
    expect(timeout({ kind: 'ligate-v1', url })).toBeGreaterThan(35_000)
    expect(timeout({ kind: 'cosmjs', url, denom: 'u' })).toBeGreaterThan(65_000)
    expect(timeout({ kind: 'ignite', url, timeout: '2m' })).toBe(120_000)
  })

  it('takes a list, one for each chain', () => {
    const two = faucetSchema.parse([least, { ...least, chain: 'other-1' }])
    expect(two.map(({ chain }) => chain)).toEqual(['ligate-devnet', 'other-1'])
    expect(faucetSecretNames(two)).toEqual(['FAUCET_TOKEN'])
    expect(problems([least, least])).toEqual(['1.chain: "ligate-devnet" is there twice'])
  })

  it('switches limits off with false', () => {
    const [settings] = faucetSchema.parse({
      ...least,
      accountAge: false,
      memberAge: false,
      perAddress: false,
    })
    expect(settings).toMatchObject({ accountAgeMs: null, memberAgeMs: null, perAddressMs: null })
  })

  it('tells every problem at once, with its path', () => {
    const found = problems({
      ...least,
      channels: ['#faucet'],
      acountAge: '7d',
      every: 'daily',
      explorer: 'https://explorer/tx',
      keptForFirstTimers: 1,
      sender: { kind: 'internal-drip', url: 'https://user:pass@x.org', token: 'hunter2-hunter2' },
    })
    expect(found).toEqual(
      expect.arrayContaining([
        'channels.0: not a Discord id (15 to 21 digits, as a string)',
        expect.stringContaining('did you mean `accountAge`?'),
        'every: "daily" is not a duration such as "10s", "6h" or "7d"',
        'explorer: not a URL with {hash} in it',
        'keptForFirstTimers: a share below 1: 0.3 for 30 %',
        'sender.url: a URL without user and password: a secret belongs in the environment',
        'sender.token: not the name of an environment variable (the secret itself does not belong here)',
      ]),
    )
    expect(found.join()).not.toContain('hunter2')
    expect(problems({ ...least, queue: { maxWait: '10m' } })).toEqual([])
    expect(problems({ ...least, queue: { maxWait: '11m' } })).toEqual([
      'queue.maxWait: more than 10 minutes: Discord takes an answer for 15 only',
    ])
    expect(
      problems({ ...least, accountAge: 'a week', sender: { kind: 'internal-drip', url: 'https://x.org' } }),
    ).toEqual([
      'sender.token: the name of the environment variable that holds the secret is missing',
      'accountAge: not a duration such as "7d", nor false',
    ])
    expect(problems([least, { ...least, chain: 'b-1', channels: [] }])).toEqual([
      '1.channels: name at least one channel, by its id',
    ])
  })

  it.each([
    ['txs[0].hash', false],
    ['$.hash', false],
    ['.hash', false],
    ['hash.', false],
    ['a..b', false],
    ['/result/hash', false],
    ['result hash ', false],
    ['txs[*].hash', false],
    ['$', false],
    // Keys that an answer may have, and that versions before found.
    ['Tx Hash', true],
    ['result.$hash', true],
    ['@id', true],
    ['tx/hash', true],
    ['*.hash', false],
    ['', false],
    ['0', true],
    ['.', true],
    ['result.tx-hash', true],
    ['txs.0.tx_hash', true],
    ['data:hash', true],
  ])('a path of %j can be found in an answer: %s', (path, fits) => {
    const found = (key: string) =>
      problems({ ...least, sender: { kind: 'http', url: 'https://x.org', [key]: path } })
    for (const key of ['hash', 'error']) {
      const said = `sender.${key}: never found so: keys with dots between, such as "data.txhash" or "0.hash" (first of a list), or "." for the answer as a whole`
      expect(found(key)).toEqual(fits ? [] : [said])
    }
  })

  it('takes every example of docs/faucet.md, with POST /v1/drip as a bearer among them', () => {
    const page = readFileSync(new URL('../../../docs/faucet.md', import.meta.url), 'utf8')
    const block = /```ts\n(sender: [\s\S]*?)```/.exec(page)![1]!
    const senders = block.split(/^sender: /m).slice(1)
    expect(senders.length).toBeGreaterThan(6)
    const read = senders.map((text) => new Function(`return (${text}\n)`)())
    expect(read.map((sender) => problems({ ...least, sender }))).toEqual(read.map(() => []))
    expect(read).toContainEqual({ kind: 'ligate-v1', url: 'https://api.ligate.io', token: 'FAUCET_TOKEN' })
  })

  it('hash and error cannot be in the same place', () => {
    const sender = { kind: 'http', url: 'https://x.org', hash: 'result', error: 'result' }
    expect(problems({ ...least, sender })).toEqual([
      'sender.hash: the same place as `error`: what is there would always be an error',
    ])
  })

  it.each([undefined, null, 7, 'x', [null]])('%j is no faucet', (input) => {
    expect(problems(input).length).toBeGreaterThan(0)
  })
})
