// The ways by which nothing can be said: the webhook is silent, and the bot's own account reaches no place for it.
import { expect, it } from 'vitest'
import { silentWays } from '../../../../src/alerts/outbox/status.ts'

const ways = [{ name: 'HOOK', url: 'https://discord.com/api/webhooks/1/x' }]

const places: [string, 'read' | 'null' | 'throws', boolean][] = [
  ['may be read', 'read', true],
  ['is gone', 'null', true],
  ['does not answer', 'throws', true],
  ['may not be written in', 'read', false],
]
it.each(places)(
  'the first place %s, the webhook is dead, its own channel is well',
  async (_, first, mayWrite) => {
    const deps = {
      ways,
      known: { get: () => ({ channelId: '2' }) },
      fallbackChannel: '1',
      readChannel: async (id: string) => {
        if (id === '1' && first === 'throws') throw new Error('ECONNRESET')
        return id === '1' && first === 'null' ? null : []
      },
      send: async () => ({ status: 404 }),
      signal: new AbortController().signal,
      clock: { now: () => 0 },
    } as unknown as Parameters<typeof silentWays>[0]
    expect(await silentWays(deps, (id) => id === '2' || mayWrite)).toEqual([])
    expect(await silentWays(deps, () => false)).toEqual(['HOOK'])
  },
)
