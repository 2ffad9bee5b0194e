// Messages about a client that cannot be seen, that is well again, or whose names anybody made up.
import { describe, expect, it } from 'vitest'
import type { Basis } from '../../../src/alerts/types.ts'
import { clientMessage, unseenClientMessage } from '../../../src/clients/messages.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { context, expired } from '../../support/client-messages.ts'
import { aClient, aDirectory, aNotice, EXPIRES, NOW } from '../../support/client-rows.ts'

const t = (ms: number, form = 'R') => `<t:${Math.floor(ms / 1000)}:${form}>`

describe('a client that cannot be seen', () => {
  const asOf = { asOfMs: NOW - 3 * HOUR_MS, endpoints: 'lcd-a time-out, lcd-b 502' }

  it('may expire, as of its last reading', () => {
    const message = clientMessage(aClient(), aNotice('warning'), context(asOf))
    expect(message.headline).toBe(
      '⚫ 67 h left: Osmosis 07-tendermint-1 (tracks Cosmos Hub) may expire Sun 22 Nov 22:04 UTC, as of the reading 3 h ago',
    )
    expect(message.embed?.description?.split('\n')[0]).toBe(
      `As of the reading ${t(NOW - 3 * HOUR_MS)}; updates since then are invisible to me · lcd-a time-out, lcd-b 502`,
    )
  })

  it('says of a reminder that it may still expire', () => {
    const message = clientMessage(aClient(), aNotice('critical', { kind: 'reminder' }), context(asOf))
    expect(message.headline).toMatch(/^⚫ still 67 h left: Osmosis 07-tendermint-1 .* may expire Sun 22 Nov/)
  })

  it('may have expired, and is not called expired', () => {
    const now = EXPIRES + HOUR_MS
    const later = context({ ...asOf, nowMs: now, asOfMs: now - 3 * HOUR_MS })
    const message = clientMessage(aClient(), aNotice('expired', { from: 'critical' }), later)
    expect(message.headline).toBe(
      '⚫ MAY HAVE EXPIRED Sun 22 Nov 22:04 UTC: Osmosis 07-tendermint-1 (tracks Cosmos Hub), as of the reading 3 h ago',
    )
    expect(message.embed?.description).toContain('hermes update client')
    expect(message.embed?.description).not.toContain('recover-client')
  })

  it('is told by itself when its chain can be read', () => {
    const row = aClient({ unseenSinceMs: NOW - 2 * HOUR_MS })
    const words = { nowMs: NOW, directory: aDirectory(), mention: [], cause: 'https://lcd-a: 500 @everyone' }
    const message = unseenClientMessage(row, aNotice('blind'), words)
    expect(message.headline).toBe(
      '⚫ UNSEEN 2 h: Osmosis 07-tendermint-1 (tracks Cosmos Hub) cannot be read, its chain can. By its last reading it expires Sun 22 Nov 22:04 UTC',
    )
    expect(message.embed?.description).toContain('`https://lcd-a: 500 @everyone`')
    expect(message.identity).toBe('unseen:osmosis-1/07-tendermint-1')
    const over = unseenClientMessage(row, aNotice('ok', { kind: 'resolved', from: 'blind' }), words)
    expect(over.headline).toMatch(/^🟢 over: .* can be read again \(was unseen, /)
    expect(over.embed).toBeNull()
  })
})

it.each([
  [{ status: 'frozen' as const }, 'By its last reading it is frozen'],
  [{ status: 'expired' as const }, 'By its last reading it is expired'],
  [{ readMs: null, status: 'unknown' as const, expiresNs: null }, 'It was never read'],
  [
    { rule: 'ask' as const, clientType: '08-wasm', expiresNs: null },
    'By its last reading it is active; no forecast: when a 08-wasm client expires, only its chain can tell',
  ],
  [
    { rule: 'flag' as const, clientType: '06-solomachine', expiresNs: null },
    'By its last reading it is active; it does not expire',
  ],
])('one that cannot be read has a deadline only where it matters (%#)', (more, words) => {
  const context = { nowMs: NOW, directory: aDirectory(), mention: [], cause: '500' }
  const { headline } = unseenClientMessage(aClient(more), aNotice('blind'), context)
  expect(headline.endsWith(`its chain can. ${words}`)).toBe(true)
})

describe('what is over', () => {
  const raisedMs = NOW - 5 * HOUR_MS

  it('says what happened, how long is left, and from when to when', () => {
    const updated = aClient({}, NOW + 14 * DAY_MS - 60_000)
    const notice = aNotice('ok', { kind: 'resolved', from: 'critical', raisedMs, mention: false })
    const message = clientMessage(updated, notice, context())
    expect(message.headline).toBe(
      '🟢 over: Osmosis 07-tendermint-1 (tracks Cosmos Hub) was updated, 13 d left (was critical, Thu 19 Nov 21:52 UTC to Fri 20 Nov 02:52 UTC)',
    )
    expect(message.embed).toBeNull()
  })

  it('claims no update where there was none', () => {
    const notice = aNotice('ok', { kind: 'resolved', from: 'warning', raisedMs: NOW - 60_000 })
    const { headline } = clientMessage(aClient(), notice, context())
    expect(headline).toContain('is out of danger again, 67 h left')
    expect(headline).toMatch(/to 02:52 UTC\)$/)
  })

  it('says that an expired client is active again', () => {
    const fromMs = NOW - 3 * MINUTE_MS
    const notice = aNotice('ok', { kind: 'recovered', from: 'expired', raisedMs, fromMs })
    expect(clientMessage(aClient(), notice, context()).headline).toContain(
      'is active again, 67 h left (was expired, Fri 20 Nov 02:49 UTC to 02:52 UTC)',
    )
    const late = aNotice('expired', { kind: 'recovered', from: 'expired', raisedMs, fromMs })
    expect(clientMessage(aClient({}, NOW - MINUTE_MS), late, context()).headline).toContain(
      'is active again, but past its deadline by the clock (was expired, Fri 20 Nov 02:49 UTC to 02:52 UTC)',
    )
  })

  it('says that alerts are no longer about it', () => {
    const notice = aNotice('critical', { kind: 'withdrawn', from: 'critical' })
    expect(clientMessage(aClient(), notice, context()).headline).toBe(
      '⚪ withdrawn: Osmosis 07-tendermint-1 (tracks Cosmos Hub) is no longer one of the clients that alerts are about; it is still critical, 67 h left',
    )
    const still = (basis: Basis) =>
      clientMessage(expired(), aNotice('expired', { kind: 'withdrawn', basis }), context()).headline
    expect(still('seen')).toMatch(/; it is still expired$/)
    expect(still('clock')).toMatch(/; it is past its deadline by the clock$/)
    expect(still('memory')).toMatch(/; it may have expired$/)
  })

  it('is one line where it was past saving before anybody looked', () => {
    const message = clientMessage(expired(), aNotice('expired', { kind: 'quiet', mention: false }), context())
    expect(message.headline).toBe(
      'expired already when I first looked: Osmosis 07-tendermint-1 (tracks Cosmos Hub), no alarm',
    )
    expect(message.embed).toBeNull()
  })
})

describe('names and numbers that anybody can make up', () => {
  const evil = `${'@everyone `code` [x](https://evil.example) <@1> \n # \u202e'.repeat(80)}`
  const row = aClient({
    clientId: `07-tendermint-1; rm -rf / ${evil}`,
    clientType: evil,
    trackedChainId: evil,
    openChannels: Array.from({ length: 500 }, (_, i) => `channel-${i} ${evil}`),
    farEnds: [{ chainId: evil, clientId: evil, connectionId: evil }],
    trustingPeriodNs: 10n ** 40n,
    expiresNs: 10n ** 40n,
    reason: evil,
  })

  it.each([
    ['warning', 'active'],
    ['critical', 'active'],
    ['expired', 'expired'],
    ['frozen', 'frozen'],
    ['frozen', 'unauthorized'],
  ] as const)('do no harm when it is %s (%s)', (level, status) => {
    for (const asOfMs of [null, NOW - HOUR_MS]) {
      const notice = aNotice(level)
      const words = context({
        otherEnd: null,
        asOfMs,
        endpoints: evil,
        hostHalted: { lastHeight: 10n ** 30n, lastBlockMs: 0 },
      })
      const message = clientMessage({ ...row, status, frozen: status === 'frozen' }, notice, words)
      const description = message.embed?.description ?? ''
      expect(message.headline.length).toBeLessThan(400)
      expect(message.headline).not.toMatch(/[@`<>[\]\n\u202e]/)
      expect(description.length).toBeLessThan(1500)
      expect(description).not.toMatch(/rm -rf|NaN|undefined|Invalid|\u202e/)
      // Nothing live outside of code: no mention, no link.
      const outside = description.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').replace(/<t:-?\d+:[Rf]>/g, '')
      expect(outside).not.toMatch(/[@<>[\]]|https?:\/\//)
    }
  })

  it('keeps an embed of an honest client short', () => {
    const long = aClient({ openChannels: Array.from({ length: 40 }, (_, i) => `channel-${i}`) })
    for (const level of ['warning', 'critical', 'expired', 'frozen'] as const) {
      const status = level === 'expired' || level === 'frozen' ? level : 'active'
      const { embed } = clientMessage({ ...long, status }, aNotice(level), context())
      expect((embed?.title ?? '').length + (embed?.description ?? '').length).toBeLessThan(900)
    }
  })
})
