// What an alert about a client says: the lines as users read them, and that made-up names do no harm.
import { describe, expect, it } from 'vitest'
import { arrange, composePost } from '../../../src/alerts/compose.ts'
import { clientMessage } from '../../../src/clients/messages.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { context, expired } from '../../support/client-messages.ts'
import { aClient, aNotice, EXPIRES, NOW, theOtherEnd } from '../../support/client-rows.ts'

const t = (ms: number, form = 'R') => `<t:${Math.floor(ms / 1000)}:${form}>`
const TAG = '<@&972778865355272194>'

describe('a client in danger', () => {
  it('says time left, where and when in its first line, and what mends it in the embed', () => {
    const message = clientMessage(aClient(), aNotice('warning'), context())
    expect(message.headline).toBe(
      '🟡 67 h left: Osmosis 07-tendermint-1 (tracks Cosmos Hub), expires Sun 22 Nov 22:04 UTC',
    )
    expect(message.embed?.description).toBe(
      [
        `Expires ${t(EXPIRES)} · 80 % of 14 d used · last update ${t(EXPIRES - 14 * DAY_MS)} · 3 open channels · other end: 9 d left`,
        '```sh',
        'hermes update client --host-chain osmosis-1 --client 07-tendermint-1',
        '```',
        'The relayer needs a cosmoshub-4 node that still holds block 28104233.',
      ].join('\n'),
    )
    expect(message.identity).toBe('ibc:osmosis-1/07-tendermint-1')
    expect(message.group).toBe('Osmosis')
    expect(message.subject).toBe('07-tendermint-1')
    expect(message.deadlineMs).toBe(EXPIRES)
    expect(message.hint).toBe('$data osmosis-1')
  })

  it('is red and in minutes when it is critical, and a reminder says that nothing was done', () => {
    const now = { nowMs: EXPIRES - 9.5 * MINUTE_MS }
    expect(clientMessage(aClient(), aNotice('critical', { from: 'warning' }), context(now)).headline).toBe(
      '🟠 9 min left: Osmosis 07-tendermint-1 (tracks Cosmos Hub), expires Sun 22 Nov 22:04 UTC',
    )
    expect(clientMessage(aClient(), aNotice('critical', { kind: 'reminder' }), context(now)).headline).toBe(
      '🟠 still not updated, 9 min left: Osmosis 07-tendermint-1 (tracks Cosmos Hub), expires Sun 22 Nov 22:04 UTC',
    )
  })

  it('never overstates what is left, and shows a period of seconds as it is', () => {
    const row = aClient({ trustingPeriodNs: msToNs(200_000), lastUpdateNs: msToNs(NOW - 160_500) }, NOW)
    const message = clientMessage(
      { ...row, expiresNs: msToNs(NOW + 39_500) },
      aNotice('warning'),
      context({ otherEnd: null }),
    )
    expect(message.headline).toMatch(/^🟡 39 s left: /)
    expect(message.embed?.description).toContain('80 % of 200 s used')
  })

  it.each([
    [null, 'other end: not watched (07-tendermint-259 on cosmoshub-4)'],
    [theOtherEnd(-DAY_MS, { status: 'expired' }), 'other end: EXPIRED'],
    [
      theOtherEnd(-HOUR_MS, { hostTimeNs: msToNs(NOW - 2 * HOUR_MS) }),
      'other end: past its deadline by the clock',
    ],
    [
      theOtherEnd(-HOUR_MS, { readMs: NOW - 2 * HOUR_MS }),
      `other end: may have expired by the reading ${t(NOW - 2 * HOUR_MS)}`,
    ],
    [
      theOtherEnd(-DAY_MS, { status: 'expired', readMs: NOW - 40 * MINUTE_MS }),
      `other end: EXPIRED by the reading ${t(NOW - 40 * MINUTE_MS)}`,
    ],
    [
      theOtherEnd(DAY_MS, { status: 'unauthorized', readMs: NOW - HOUR_MS }),
      `other end: UNAUTHORIZED by the reading ${t(NOW - HOUR_MS)}`,
    ],
    [theOtherEnd(DAY_MS, { status: 'frozen', frozen: true }), 'other end: FROZEN'],
    [theOtherEnd(DAY_MS, { readMs: null }), 'other end: cannot be read'],
    [
      theOtherEnd(2.5 * HOUR_MS, { readMs: NOW - 2 * MINUTE_MS }),
      `other end: 2 h left by the reading ${t(NOW - 2 * MINUTE_MS)}`,
    ],
  ])('says how the other end is (%#)', (otherEnd, words) => {
    expect(clientMessage(aClient(), aNotice('warning'), context({ otherEnd })).embed?.description).toContain(
      ` · ${words}\n`,
    )
  })

  it('says that a halted host takes no update', () => {
    const hostHalted = { lastHeight: 21_004_112n, lastBlockMs: NOW - HOUR_MS }
    const { embed } = clientMessage(aClient(), aNotice('warning'), context({ hostHalted }))
    expect(embed?.description).toContain(
      `⏸ Osmosis is halted (last block 21,004,112 ${t(NOW - HOUR_MS, 'f')}): no update gets in until it goes on.`,
    )
  })
})

it('stands on a lock screen as one line, the mention last', () => {
  const message = clientMessage(aClient(), aNotice('warning'), context())
  const [[posted]] = arrange([message]) as [[(typeof message)[]]]
  const payload = composePost(posted, { storm: [message], tags: [TAG], continued: false }, NOW)
  expect(payload.content).toBe(
    `🟡 67 h left: Osmosis 07-tendermint-1 (tracks Cosmos Hub), expires Sun 22 Nov 22:04 UTC ${TAG}`,
  )
  expect(payload.embeds[0]?.description).toBe(message.embed?.description)
  expect(payload.embeds[0]?.footer?.text).toContain('#41')
})

describe('a client that is past saving', () => {
  it('says by whose clock it expired, what is stuck, and what governance needs', () => {
    const message = clientMessage(
      expired(),
      aNotice('expired', { from: 'critical' }),
      context({ ibcGoMajor: 8 }),
    )
    expect(message.headline).toBe(
      '🔴 EXPIRED: Osmosis 07-tendermint-1 (tracks Cosmos Hub). An update is refused now, governance only',
    )
    const lines = message.embed?.description?.split('\n')
    expect(lines?.[0]).toBe(
      `By osmosis-1's block time, ${t(NOW - DAY_MS)} · stuck: channel-0, channel-4 · other end active, 9 d left: keep it updated`,
    )
    expect(message.embed?.description).toContain(
      '```sh\nosmosisd tx ibc client recover-client 07-tendermint-1 <substitute> --title',
    )
    expect(message.embed?.description).not.toContain('hermes update')
    expect(message.embed?.description).not.toContain('submit-legacy-proposal')
  })

  it('shows the proposals of both generations where the version is not known', () => {
    const { embed } = clientMessage(expired(), aNotice('expired'), context())
    expect(embed?.description).toContain('# ibc-go v8 and later\nosmosisd tx ibc client recover-client')
    expect(embed?.description).toContain('# ibc-go v7 and earlier\nosmosisd tx gov submit-legacy-proposal')
  })

  it('does not say that an update is refused while a halted chain has not said so', () => {
    const hostHalted = { lastHeight: 21_004_112n, lastBlockMs: NOW - 2 * DAY_MS }
    const row = aClient({}, NOW - DAY_MS)
    const message = clientMessage(row, aNotice('expired'), context({ hostHalted }))
    expect(message.headline).toBe(
      '🔴 OVERDUE: Osmosis 07-tendermint-1 (tracks Cosmos Hub) is past its deadline by the clock; the chain has made no block since Wed 18 Nov 02:52 UTC. An update waiting in its mempool with a header from before then can still save it',
    )
    expect(message.embed?.description).toContain('By the clock; osmosis-1 has made no block since')
    expect(message.embed?.description).toContain(
      [
        'hermes update client --host-chain osmosis-1 --client 07-tendermint-1 --height N',
        '```',
        "N: the height of a block of cosmoshub-4 from just before 2026-11-18 02:52:00 UTC, the time of osmosis-1's last block: a header from later is refused.",
      ].join('\n'),
    )
    expect(message.embed?.description).not.toContain('recover')
  })

  it('names the height that an update on a halted chain takes, where it can be reckoned', () => {
    const hostHalted = { lastHeight: 21_004_112n, lastBlockMs: NOW - 2 * HOUR_MS }
    const trackedBlock = { height: 28_304_233n, timeNs: msToNs(NOW) }
    for (const level of ['critical', 'expired'] as const) {
      const row = aClient({}, level === 'critical' ? NOW + HOUR_MS : NOW - HOUR_MS)
      const { embed } = clientMessage(row, aNotice(level), context({ hostHalted, trackedBlock }))
      expect(embed?.description).toMatch(/--height 2830\d{4}\n/)
      expect(embed?.description).toMatch(
        /Height 2830\d{4} of cosmoshub-4 is, as far as I can reckon, from before/,
      )
    }
  })

  it('is told as seen now where it was told from memory before', () => {
    const notice = aNotice('expired', { kind: 'confirmed', from: 'expired', fromBasis: 'memory' })
    expect(clientMessage(expired(), notice, context()).headline).toBe(
      '🔴 EXPIRED, seen now: Osmosis 07-tendermint-1 (tracks Cosmos Hub). An update is refused now, governance only',
    )
  })

  it('says that there is no consensus state where that is why', () => {
    const row = expired({ absent: 'absent', lastUpdateNs: null, expiresNs: null, reason: 'lcd-a: 502' })
    expect(clientMessage(row, aNotice('expired'), context()).embed?.description).toContain(
      'there is no consensus state at its latest height',
    )
  })

  it('tells frozen and unauthorized apart', () => {
    const frozen = clientMessage(aClient({ status: 'frozen', frozen: true }), aNotice('frozen'), context())
    expect(frozen.headline).toBe(
      '🧊 FROZEN: Osmosis 07-tendermint-1 (tracks Cosmos Hub). An update is refused now, governance only',
    )
    expect(frozen.embed?.description).toContain('recover-client 07-tendermint-1 <substitute>')
    const type = { clientType: '08-wasm', clientId: '08-wasm-3', status: 'unauthorized' } as const
    const refused = clientMessage(aClient(type), aNotice('frozen'), context())
    expect(refused.headline).toContain('🧊 UNAUTHORIZED: Osmosis 08-wasm-3 (tracks Cosmos Hub). ')
    expect(refused.embed?.description).toContain("`08-wasm` is not in osmosis-1's `allowed_clients`")
    expect(refused.embed?.description).not.toContain('recover-client')
    // Nobody was warned, because nobody could know.
    const wasm = aClient({ ...type, status: 'expired', rule: 'ask', expiresNs: null, lastUpdateNs: null })
    expect(clientMessage(wasm, aNotice('expired'), context()).embed?.description).toContain(
      'no forecast: when a 08-wasm client expires, only its chain can tell',
    )
  })
})
