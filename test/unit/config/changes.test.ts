// What a changed configuration is called in the channel: keys and short values, never what may be a key to something.
import { expect, it } from 'vitest'
import { configChanges } from '../../../src/config/changes.ts'

const chain = (chainId: string, more: object = {}) => ({
  chainId,
  rest: ['https://lcd.example/key-1'],
  ...more,
})

it('names what changed, came and went, wherever it stands in its list', () => {
  const before = {
    alerts: { warnAt: 0.8, mention: ['<@&1>', '<@&2>'], remindEvery: '24h' },
    chains: ['cosmoshub', chain('a-1', { mine: ['connection-0'] }), chain('b-1')],
  }
  const after = {
    alerts: { warnAt: 0.7, mention: ['<@&2>', '<@&3>'], blindAfter: '5m' },
    schedule: { clients: '* * * * *', digest: false },
    chains: [chain('b-1', { wallets: [{ address: 'x1', threshold: '2' }] }), chain('a-1'), 'osmosis'],
  }
  expect(configChanges(before, after)).toEqual([
    'alerts.warnAt: 0.8 → 0.7',
    '+ alerts.mention[<@&3>]',
    '+ alerts.blindAfter: 5m',
    '+ schedule.clients: * * * * *',
    '+ schedule.digest: false',
    '+ chains[b-1].wallets[x1]',
    '+ chains[osmosis]',
    '− alerts.mention[<@&1>]',
    '− alerts.remindEvery: 24h',
    '− chains[cosmoshub]',
    '− chains[a-1].mine[connection-0]',
  ])
  expect(configChanges(before, structuredClone(before))).toEqual([])
})

it('shows of an address the host alone, and of a long value its beginning', () => {
  const of = (key: string, name = 'a') => ({
    explorer: `https://user:${key}@x.example/${key}`,
    name,
    chains: [chain('a-1', { rest: [`https://lcd.example/${key}`, { url: `https://rpc.example/?${key}` }] })],
  })
  const lines = configChanges(of('hunter2'), of('hunter3', 'long '.repeat(100)))
  expect(lines.join('\n')).not.toContain('hunter')
  expect(lines).toContain('explorer: another')
  expect(lines).toContain('chains[a-1].rest[lcd.example]: another')
  expect(lines).toContain('chains[a-1].rest[rpc.example].url: another')
  expect(lines[1]!.length).toBeLessThan(100)
})

it('shows nothing of what a faucet is sent: a header, the body and a path may hold a key', () => {
  const of = (key: string) => ({
    faucet: [
      {
        chain: 'a-1',
        every: '24h',
        sender: {
          kind: 'http',
          url: 'https://faucet.example',
          path: `/drip/${key}`,
          headers: { Authorization: `Bearer ${key}` },
          body: { keys: [key] },
        },
      },
    ],
  })
  expect(configChanges(of('hunter2'), of('hunter3'))).toEqual(['faucet[a-1].sender: another'])
  const one = (key: string) => ({ faucet: of(key).faucet[0] })
  expect(configChanges(one('hunter2'), {}).join()).not.toContain('hunter')
  expect(configChanges({}, one('hunter2')).join()).not.toContain('hunter')
})
