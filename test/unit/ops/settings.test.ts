// The settings of `ops` and their secrets: what is taken, and what is refused in words.
import { describe, expect, it } from 'vitest'
import { opsSchema, opsSecretNames, opsSecretProblems } from '../../../src/ops/settings.ts'

const problems = (input: unknown) =>
  opsSchema.safeParse(input).error?.issues.map(({ message }) => message) ?? []

describe('ops.listen', () => {
  it.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464, isLoopback: true }],
    ['[::1]:9464', { host: '::1', port: 9464, isLoopback: true }],
    ['127.3.2.1:80', { host: '127.3.2.1', port: 80, isLoopback: true }],
    ['[::ffff:127.0.0.1]:1', { host: '::ffff:127.0.0.1', port: 1, isLoopback: true }],
    ['localhost:9464', { host: 'localhost', port: 9464, isLoopback: true }],
  ])('%s needs no token', (listen, taken) => expect(opsSchema.parse({ listen }).listen).toEqual(taken))

  it.each(['0.0.0.0:9464', '[::]:9464', '10.1.2.3:9464', '[fd00::7]:9464', '128.0.0.1:9464'])(
    '%s needs a token',
    (listen) => {
      expect(problems({ listen })).toEqual([expect.stringContaining("needs `ops.token: 'SECRET_NAME'`")])
      expect(opsSchema.parse({ listen, token: 'METRICS_TOKEN' }).listen).toMatchObject({ isLoopback: false })
    },
  )

  it.each([
    '9464',
    ':9464',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '::1:9464',
    '256.0.0.1:9464',
    'http://127.0.0.1:9464',
    'example.org:80',
    '',
  ])('%s is no address', (listen) =>
    expect(problems({ listen })).toEqual([
      expect.stringContaining('is not an address of this machine with a port'),
    ]),
  )
})

describe('ops.ping', () => {
  it('comes every five minutes where nothing else is said, from 30 s to an hour', () => {
    expect(opsSchema.parse({ ping: { secret: 'PING_URL' } }).ping).toEqual({
      secret: 'PING_URL',
      every: 300_000,
    })
    expect(opsSchema.parse({ ping: { secret: 'PING_URL', every: '1m' } }).ping?.every).toBe(60_000)
    for (const every of ['29s', '61m', '0', 'often'])
      expect(problems({ ping: { secret: 'P', every } })).toHaveLength(1)
    expect(problems({ ping: { secret: 'https://hc-ping.com/0f8f' } })).toEqual([
      expect.stringContaining('the secret itself'),
    ])
  })
})

describe('their secrets', () => {
  const ops = opsSchema.parse({ listen: '0.0.0.0:1', token: 'TOKEN', ping: { secret: 'PING_URL' } })

  it.each([
    [{}, ['TOKEN is not set', 'PING_URL is not set']],
    [{ TOKEN: 'short', PING_URL: 'hc-ping.com/x' }, ['16 characters', 'not a URL']],
    [{ TOKEN: 'with a space in the middle', PING_URL: 'ftp://x.org/y' }, ['16 characters', 'not a URL']],
    [{ TOKEN: '0123456789abcdef', PING_URL: 'http://10.0.0.7:3001/api/push/x?status=up' }, []],
  ])('%j', (secrets, words) => {
    const found = opsSecretProblems(ops, secrets)
    expect(found.map(({ text }) => text)).toEqual(words.map((word) => expect.stringContaining(word)))
    for (const secret of Object.values(secrets)) expect(JSON.stringify(found)).not.toContain(secret)
  })

  it('are asked for by name', () => expect(opsSecretNames(ops)).toEqual(['TOKEN', 'PING_URL']))
})
