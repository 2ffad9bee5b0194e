// What alerts about whole chains say: blind, halted, started again, no network.
import { describe, expect, it } from 'vitest'
import type { Notice } from '../../../../src/alerts/types.ts'
import {
  type AboutChain,
  chainMessage,
  networkMessage,
  restartedMessage,
} from '../../../../src/chains/health/messages.ts'
import type { ChainHealth } from '../../../../src/chains/health/observe.ts'
import type { EndpointStatus } from '../../../../src/cosmos/types.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/kernel/duration.ts'
import { msToNs } from '../../../../src/kernel/nanotime.ts'
import { aNotice, EXPIRES } from '../../../support/client-rows.ts'

const T0 = Date.UTC(2026, 10, 22, 9, 39)
const t = (ms: number) => `<t:${Math.floor(ms / 1000)}:R>`

function endpoint(name: string, state: EndpointStatus['state'], reason: string | null): EndpointStatus {
  return { name, state, reason, height: null, timeNs: null, latencyMs: null, requestsPerSecond: 20 }
}
const DOWN = [
  endpoint('lcd-a', 'failing', 'time-out'),
  endpoint('lcd-b', 'failing', '502'),
  endpoint('lcd-c', 'failing', 'refused'),
]

interface Context {
  health: ChainHealth
  about: AboutChain
}
type Changes = Partial<Omit<ChainHealth, 'nearest'> & AboutChain> & {
  sinceMs?: number
  lastBlockMs?: number
  nearest?: { clientId: string; deadlineMs: number } | null
}

const NEAREST = { clientId: '07-tendermint-259', deadlineMs: T0 + 9.5 * DAY_MS }

function context({ sinceMs = T0 - 14 * MINUTE_MS, lastBlockMs, nearest = NEAREST, ...more }: Changes = {}) {
  const { chainName = 'Cosmos Hub', endpoints = DOWN, ...health } = more
  const about = { chainName, endpoints, nowMs: T0 }
  return {
    about,
    health: {
      chainId: 'cosmoshub-4',
      unseenSinceMs: sinceMs,
      unreadSinceMs: null,
      unreadCause: null,
      haltedSinceMs: sinceMs,
      failedMs: T0,
      failedAgain: true,
      nearest: nearest && { chainId: 'cosmoshub-4', readMs: null, ...nearest },
      callingMs: [],
      lastBlock: { height: 21_004_112n, timeNs: msToNs(lastBlockMs ?? T0 - 25 * MINUTE_MS) },
      readMs: T0 - 3 * HOUR_MS,
      ...health,
    },
  } satisfies Context
}

const inWords = (kind: 'blind' | 'halted', notice: Notice, { health, about }: Context) =>
  chainMessage(kind, notice, health, about)

describe('a blind chain', () => {
  it('says for how long, how many endpoints answer, and the nearest deadline', () => {
    const message = inWords('blind', aNotice('blind', { mention: false }), context())
    expect(message.headline).toBe(
      '⚫ BLIND 14 min: Cosmos Hub, 0 of 3 endpoints answer. Nearest known deadline in 9 d.',
    )
    expect(message.embed?.description?.split('\n')[0]).toBe(
      `As of the reading ${t(T0 - 3 * HOUR_MS)}; updates since then are invisible to me · lcd-a time-out, lcd-b 502, lcd-c refused`,
    )
    expect(message.identity).toBe('blind:cosmoshub-4')
  })

  it('names the client whose deadline is nearer than a day', () => {
    const nearest = { clientId: '07-tendermint-259', deadlineMs: EXPIRES }
    const near = context({ sinceMs: T0 - 2 * HOUR_MS, nearest })
    const message = inWords('blind', aNotice('blind', { kind: 'called' }), near)
    expect(message.headline).toBe(
      '⚫ BLIND 2 h: Cosmos Hub. 07-tendermint-259 may expire Sun 22 Nov 22:04 UTC',
    )
    const at24h = context({ nearest: { ...nearest, deadlineMs: T0 + DAY_MS } })
    expect(inWords('blind', aNotice('blind'), at24h).headline).toContain('Nearest known deadline in 24 h.')
    const passed = context({ nearest: { ...nearest, deadlineMs: T0 - 1 } })
    expect(inWords('blind', aNotice('blind'), passed).headline).toContain('may have expired')
  })

  it('tells endpoints that answer but are not believed from those that do not answer', () => {
    const endpoints = [...DOWN.slice(0, 2), endpoint('lcd-c', 'behind', '41 min behind')]
    const { headline, embed } = inWords('blind', aNotice('blind'), context({ endpoints, nearest: null }))
    expect(headline).toBe(
      '⚫ BLIND 14 min: Cosmos Hub, 1 of 3 endpoints answer, none can be believed. No deadline is known.',
    )
    expect(embed?.description).toContain('lcd-a time-out, lcd-b 502, lcd-c 41 min behind')
  })

  it('reminds, and says when it is over', () => {
    expect(inWords('blind', aNotice('blind', { kind: 'reminder' }), context()).headline).toMatch(
      /^⚫ still BLIND 14 min: Cosmos Hub, /,
    )
    const over = aNotice('ok', { kind: 'resolved', from: 'blind', raisedMs: T0 - HOUR_MS })
    const message = inWords('blind', over, context())
    expect(message.headline).toBe(
      '🟢 over: Cosmos Hub can be read again (was blind, Sun 22 Nov 08:39 UTC to 09:39 UTC)',
    )
    expect(message.embed).toBeNull()
  })
})

describe('a halted chain', () => {
  const halted = { chainName: 'Osmosis', chainId: 'osmosis-1', sinceMs: T0 - 25 * MINUTE_MS }

  it('says since which block, that its endpoints answer, and the nearest deadline', () => {
    const nearest = { clientId: '07-tendermint-1', deadlineMs: T0 + 2.5 * DAY_MS }
    const message = inWords('halted', aNotice('halted'), context({ ...halted, nearest, endpoints: [] }))
    expect(message.headline).toBe(
      '⏸ HALTED: Osmosis has made no block for 25 min (last 21,004,112 at 09:14 UTC). Its endpoints answer. Nearest deadline in 2 d.',
    )
  })

  it('says of a deadline that has passed what is known of it there', () => {
    const nearest = { ...NEAREST, deadlineMs: T0 - DAY_MS }
    const { headline } = inWords('halted', aNotice('halted'), context({ ...halted, nearest }))
    expect(headline).toMatch(
      /07-tendermint-259 is past its deadline by the clock since Sat 21 Nov 09:39 UTC$/,
    )
  })

  it('gives the day of a last block that is not of today', () => {
    const old = context({ ...halted, lastBlockMs: T0 - 3 * DAY_MS, nearest: null })
    expect(inWords('halted', aNotice('halted'), old).headline).toContain(
      '(last 21,004,112 at Thu 19 Nov 09:39 UTC)',
    )
  })

  it('says when it is over', () => {
    const over = aNotice('ok', { kind: 'resolved', from: 'halted', raisedMs: T0 })
    expect(inWords('halted', over, context(halted)).headline).toMatch(
      /^🟢 over: Osmosis makes blocks again \(was halted, /,
    )
  })
})

describe('all chains at once', () => {
  it('is one message about the network of this machine', () => {
    const at = (deadlineMs: number) => {
      const one = context({ nearest: { clientId: '07-tendermint-1', deadlineMs } }).health
      return [one, context({ nearest: null }).health, context({ nearest: null }).health]
    }
    const about = [T0, () => 'Osmosis'] as const
    const all = at(T0 + 9 * DAY_MS)
    const message = networkMessage(aNotice('blind', { mention: false }), all, ...about)
    expect(message.headline).toBe(
      "⚫ BLIND 14 min: none of 3 chains can be read, so it is probably this machine's network. Nearest known deadline in 9 d.",
    )
    expect(message.group).toBeNull()
    expect(networkMessage(aNotice('blind'), at(EXPIRES), ...about).headline).toContain(
      'Osmosis 07-tendermint-1 may expire Sun 22 Nov 22:04 UTC',
    )
    const over = aNotice('ok', { kind: 'resolved', from: 'blind' })
    expect(networkMessage(over, all, ...about).headline).toMatch(/^🟢 over: chains can be read again/)
  })
})

describe('a chain that has started again', () => {
  it('says from which height to which, and that its clients were forgotten', () => {
    const message = restartedMessage(
      'osmosis-1',
      aNotice('halted'),
      { from: 21_004_112n, to: 12n },
      { chainName: 'Osmosis', nowMs: T0 },
    )
    expect(message.headline).toBe(
      '⏮ RESTARTED: Osmosis is at block 12 under the same id, 21,004,112 was known. I forgot its clients and read them anew',
    )
    expect(message.identity).toBe('restart:osmosis-1')
  })
})

it('does no harm with names and reasons that others made up', () => {
  const evil = '@everyone <@1> [x](https://evil.example) `\n'.repeat(100)
  const endpoints = Array.from({ length: 50 }, () => endpoint(evil, 'failing', evil))
  const bad = context({
    chainName: evil,
    endpoints,
    nearest: { clientId: evil, deadlineMs: T0 },
  })
  for (const kind of ['blind', 'halted'] as const) {
    const { headline, embed } = inWords(kind, aNotice(kind), bad)
    expect(headline).not.toMatch(/[@`<>[\]\n]/)
    expect(headline.length).toBeLessThan(400)
    expect(embed!.description!.replace(/<t:\d+:R>/g, '')).not.toMatch(/[@`<>[\]]/)
    expect(embed!.description!.length).toBeLessThan(1000)
  }
})
