// Which pagers a message goes to, and what their secrets must look like.
import { describe, expect, it } from 'vitest'
import { type PagerName, pagersSchema, withPagers } from '../../../../src/alerts/pagers/settings.ts'
import { pagerTargets } from '../../../../src/alerts/pagers/targets.ts'
import { faucetIdentity, faucetRoute } from '../../../../src/faucet/alert.ts'
import { aMessage } from '../../../support/alerts.ts'

const read = (kind: PagerName, secret: string | undefined) => {
  const { pagers, problems } = pagerTargets(
    { alerts: { pagers: [{ kind, secret: 'PAGER', from: 'critical', chains: null }] } },
    secret === undefined ? {} : { PAGER: secret },
  )
  return pagers[0]?.target ?? problems[0]!.text
}
const KEY = '0123456789abcdef0123456789ABCDEF'
const BOT = '123456789:AAE-made-up_token-of-a-test-0'

describe('the secret of a pager', () => {
  it.each<[PagerName, string, object]>([
    ['pagerduty', KEY, { url: 'https://events.pagerduty.com/v2/enqueue', token: KEY }],
    [
      'pagerduty',
      `https://events.eu.pagerduty.com ${KEY}`,
      { url: 'https://events.eu.pagerduty.com/v2/enqueue' },
    ],
    ['ntfy', 'https://ntfy.sh/relayers-7f3a', { url: 'https://ntfy.sh/', to: 'relayers-7f3a', token: null }],
    [
      'ntfy',
      ' https://push.example.org/ntfy/ops\ttk_abc\n',
      { url: 'https://push.example.org/ntfy/', to: 'ops', token: 'tk_abc' },
    ],
    [
      'telegram',
      `${BOT} -1001234567890`,
      { url: 'https://api.telegram.org', token: BOT, to: '-1001234567890' },
    ],
    [
      'telegram',
      `http://127.0.0.1:8081/ ${BOT} @relayers`,
      { url: 'http://127.0.0.1:8081', to: '@relayers' },
    ],
    ['webhook', 'https://example.org/hook?key=1', { url: 'https://example.org/hook?key=1', token: null }],
    ['webhook', 'https://example.org/hook secret', { token: 'secret' }],
    ['webhook', 'https://me:word@example.org/hook', { url: 'https://me:word@example.org/hook', token: null }],
    [
      'ntfy',
      'https://me:word@ntfy.example.org/topic',
      { url: 'https://me:word@ntfy.example.org/', to: 'topic' },
    ],
  ])('of the kind %s may be %s', (kind, secret, target) => {
    expect(read(kind, secret)).toMatchObject(target)
  })

  it.each<[PagerName, string | undefined]>([
    ['pagerduty', undefined],
    ['pagerduty', 'e+23rschqsESqk9Q6_-g'],
    ['pagerduty', `${KEY} ${KEY}`],
    ['ntfy', 'relayers'],
    ['ntfy', 'https://ntfy.sh/'],
    ['ntfy', 'https://ntfy.sh/top@ic'],
    ['ntfy', 'http://push.example.org/topic'],
    ['telegram', BOT],
    ['telegram', `-1001234567890 ${BOT}`],
    ['webhook', 'https://example.org/hook a-tökën-of-many-letters'],
    ['webhook', 'example.org/hook'],
    ['webhook', 'https://'],
  ])('of the kind %s is refused in words where it is %s, and not shown', (kind, secret) => {
    const text = read(kind, secret)
    expect(text).toMatch(/^PAGER (is|begins) .*\./)
    for (const word of (secret ?? '').split(' ').filter((one) => one.length > 16))
      expect(text).not.toContain(word)
  })
})

describe('the pagers of a message', () => {
  const pagers = pagersSchema.parse([
    { kind: 'ntfy', secret: 'ALL' },
    { kind: 'ntfy', secret: 'ONE', chains: ['test-1'], from: 'warning' },
    { kind: 'ntfy', secret: 'ONE', chains: ['hub-1'], from: 'expired' },
  ])
  const lanes = (chainId: string | null, mention: string[], more: object = {}) =>
    withPagers({ alerts: { mention: ['<@&1>'], routes: [], pagers, ...more } }, chainId, [
      { webhook: 'W', mention },
    ])
      .slice(1)
      .map(({ webhook, from }) => `${webhook} ${from}`)

  it('are those of its chain, each from its own level on', () => {
    expect(lanes('hub-1', ['<@&1>'])).toEqual(['pager ALL critical', 'pager ONE expired'])
    expect(lanes('test-1', ['<@&1>'])).toEqual(['pager ALL critical', 'pager ONE warning'])
    expect(lanes('other-1', ['<@&1>'])).toEqual(['pager ALL critical'])
  })

  it('are for a faucet those of its chain', () => {
    const alerts = { mention: ['<@&1>'], routes: [], pagers } as never
    const route = faucetRoute({ alerts })({ ...aMessage(1), identity: faucetIdentity('test-1') })
    expect(route.map(({ webhook }) => webhook).slice(1)).toEqual(['pager ALL', 'pager ONE'])
    const elsewhere = faucetRoute({ alerts })({ ...aMessage(1), identity: faucetIdentity('other-1') })
    expect(elsewhere.length).toBe(2)
  })

  it('are all of them where it is about no chain in particular, from the lowest level on', () => {
    expect(lanes(null, ['<@&1>'])).toEqual(['pager ALL critical', 'pager ONE warning'])
  })

  it('are only those that name the chain where somebody has said that nobody is tagged', () => {
    const routes = [{ chains: ['test-1', 'quiet-1'], mention: [] }]
    expect(lanes('test-1', [], { routes, mention: [] })).toEqual(['pager ONE warning'])
    expect(lanes('quiet-1', [], { routes, mention: [] })).toEqual([])
    expect(lanes('other-1', [])).toEqual([])
  })

  it('are all of them where nobody is tagged anywhere', () => {
    expect(lanes('hub-1', [], { mention: [] })).toEqual(['pager ALL critical', 'pager ONE expired'])
  })

  it('are not two of one secret: that is said with its path', () => {
    const { error } = pagersSchema.safeParse([
      { kind: 'ntfy', secret: 'PAGER' },
      { kind: 'webhook', secret: 'PAGER' },
    ])
    expect(error!.issues[0]).toMatchObject({ path: [0, 'secret'], message: 'PAGER is of two kinds here' })
    expect(pagersSchema.safeParse([{ kind: 'sms', secret: 'PAGER' }]).success).toBe(false)
    expect(pagersSchema.safeParse([{ kind: 'ntfy', secret: 'https://ntfy.sh/x' }]).success).toBe(false)
  })
})
