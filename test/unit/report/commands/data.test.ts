// What `data` answers: order, filters, pages, ages, and refusals that help.
import { describe, expect, it } from 'vitest'
import { splitArgs } from '../../../../src/discord/arguments.ts'
import { toPayloads } from '../../../../src/discord/reply.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/kernel/duration.ts'
import { NOW, textOf } from '../../../support/client-rows.ts'
import { client, commandsOf, refusal, run } from '../../../support/report-commands.ts'

const t = (ms: number, form = 'R') => `<t:${Math.floor(ms / 1000)}:${form}>`

/** Ids of the clients in an answer, in their order. */
const idsIn = (text: string) => [...text.matchAll(/`(\d+-[a-z]+-\d+)`/g)].map((match) => match[1])

describe('data', () => {
  const clients = [
    client('07-tendermint-1', 10 * DAY_MS),
    client('07-tendermint-2', 2 * DAY_MS),
    client('07-tendermint-3', 9 * MINUTE_MS),
    client('07-tendermint-4', -3 * DAY_MS, { status: 'expired' }),
    client('07-tendermint-5', -DAY_MS, { status: 'expired' }),
    client('07-tendermint-6', 2.5 * DAY_MS, { attention: 'idle' }),
    client('07-tendermint-7', 5 * DAY_MS, { status: 'frozen', frozen: true }),
    client('07-tendermint-8', DAY_MS, { readMs: null, reason: 'lcd-a: 500' }),
    client('09-localhost-0', 0, {
      rule: 'flag',
      expiresNs: null,
      lastUpdateNs: null,
      trustingPeriodNs: null,
    }),
  ]

  it('puts what an update still saves first, by deadline, then what only governance does, then the rest', async () => {
    const text = textOf(await run({ clients }, 'data', { chain: 'osmosis' }))
    expect(idsIn(text)).toEqual([
      '07-tendermint-3',
      '07-tendermint-2',
      '07-tendermint-8',
      '07-tendermint-5',
      '07-tendermint-4',
      '07-tendermint-7',
      '07-tendermint-1',
      '09-localhost-0',
    ])
    const lines = text.split('\n')
    expect(lines[0]).toBe(`**Osmosis**: 9 clients, 6 need attention · read ${t(NOW - 4 * MINUTE_MS)}`)
    expect(lines[1]).toBe(
      `**Osmosis** \`osmosis-1\`: 🟠 1 critical, 🟡 1 warning, 🔴 2 expired, 🧊 1 frozen, ⚫ 1 unreadable, 🟢 2 ok · ⚪ 1 that alerts are not about: 1 warning · read ${t(NOW - 4 * MINUTE_MS)}`,
    )
    expect(text).toContain('**Needs attention** (6)')
    expect(text).toContain('**The rest**')
    expect(text).toContain(`🟠 \`07-tendermint-3\` → Cosmos Hub · expires ${t(NOW + 9 * MINUTE_MS)} · 99 %`)
    expect(text).toContain(`🔴 \`07-tendermint-5\` → Cosmos Hub · **expired** ${t(NOW - DAY_MS)}`)
    expect(text).toContain('⚫ `07-tendermint-8` → Cosmos Hub · unreadable: `lcd-a: 500`')
    expect(text).toContain('🟢 `09-localhost-0` → Cosmos Hub · it does not expire')
  })

  it('judges at this moment, not by the severity that is stored', async () => {
    const stale = { severity: 'ok', status: 'active' } as const
    const text = textOf(await run({ clients: [client('07-tendermint-1', HOUR_MS, stale)] }, 'data'))
    expect(text).toContain('🟠 1 critical')
    const later = await run(
      { clients: [client('07-tendermint-1', HOUR_MS, stale)] },
      'data',
      {},
      { nowMs: NOW + HOUR_MS },
    )
    expect(textOf(later)).toContain('⚫ 1 may have expired')
  })

  it.each([
    ['ok', ['07-tendermint-1', '09-localhost-0']],
    ['warning', ['07-tendermint-2', '07-tendermint-6']],
    ['critical', ['07-tendermint-3']],
    ['expired', ['07-tendermint-5', '07-tendermint-4']],
    ['frozen', ['07-tendermint-7']],
    ['unreadable', ['07-tendermint-8']],
    ['idle', ['07-tendermint-6']],
    ['mine', []],
    ['other', ['07-tendermint-6']],
    [
      'active',
      ['07-tendermint-3', '07-tendermint-2', '07-tendermint-6', '07-tendermint-1', '09-localhost-0'],
    ],
  ])('filters: %s', async (status, ids) => {
    expect(idsIn(textOf(await run({ clients }, 'data', { status })))).toEqual(ids)
  })

  it('takes a status alone for a status, in the prefix form', () => {
    const data = commandsOf({}).find(({ name }) => name === 'data')!
    const show = (command: string) => `$${command}`
    expect(splitArgs(data, 'expired', show)).toEqual({ status: 'expired' })
    expect(splitArgs(data, 'osmosis expired', show)).toEqual({ chain: 'osmosis', status: 'expired' })
  })

  describe('clients that alerts are not about', () => {
    const idle = { attention: 'idle' } as const
    const dead = { ...idle, status: 'expired' } as const

    it.each([
      ['an expired one of a stranger', dead, -DAY_MS, '1 expired'],
      ['a frozen one', { ...idle, status: 'frozen', frozen: true } as const, DAY_MS, '1 frozen'],
      ['one in danger', idle, HOUR_MS, '1 critical'],
      ['one that is well', idle, 13 * DAY_MS, '1 ok'],
      ['one that is ignored', { ignored: true, status: 'expired' } as const, -DAY_MS, '1 expired'],
    ])('counts in one line, without an alarming sign: %s', async (_, more, leftMs, counted) => {
      const world = {
        clients: [client('07-tendermint-1', 13 * DAY_MS), client('07-tendermint-2', leftMs, more)],
      }
      const text = textOf(await run(world, 'data', { chain: 'osmosis' }))
      expect(text).not.toMatch(/🔴|🟡|🧊/u)
      expect(idsIn(text)).toEqual(['07-tendermint-1'])
      expect(text).toContain(`\`osmosis-1\`: 🟢 1 ok · ⚪ 1 that alerts are not about: ${counted}`)
      const [line = ''] = text.split('\n').slice(-1)
      expect(line).toBe(`⚪ 1 that alerts are not about: ${counted}: \`$data osmosis other\``)
      expect(idsIn(textOf(await run(world, 'data', { status: 'other' })))).toEqual(['07-tendermint-2'])
      if (counted === '1 expired')
        expect(idsIn(textOf(await run(world, 'data', { status: 'expired' })))).toEqual(['07-tendermint-2'])
    })

    it.each([
      ['a live one that is expired', { status: 'expired' } as const, -DAY_MS],
      ['one of mine', { attention: 'mine', status: 'expired' } as const, -DAY_MS],
      ['an idle one that cannot be read', { ...idle, readMs: null, reason: 'lcd-a: 500' }, DAY_MS],
      ['an idle one that cannot be read any more', { ...idle, unseenSinceMs: NOW - 1 }, 13 * DAY_MS],
    ])('never hides %s', async (_, more, leftMs) => {
      const text = textOf(await run({ clients: [client('07-tendermint-2', leftMs, more)] }, 'data'))
      expect(idsIn(text)).toEqual(['07-tendermint-2'])
      expect(text).not.toContain('⚪')
    })

    it('has the line where there is nothing else', async () => {
      const text = textOf(await run({ clients: [client('07-tendermint-2', -DAY_MS, dead)] }, 'data'))
      expect(text).toContain('`osmosis-1`: ⚪ 1 that alerts are not about: 1 expired')
      expect(text.split('\n')[0]).toMatch(/^\*\*all chains\*\*: 1 client, 0 need attention/)
    })
  })

  it('finds a chain by any of its names', async () => {
    for (const chain of ['osmosis-1', 'OSMOSIS', 'Osmosis', 'osmosis 1'])
      expect(textOf(await run({ clients }, 'data', { chain }))).toContain('**Osmosis**: 9 clients')
    expect(textOf(await run({ clients }, 'data', { chain: 'cosmos hub' }))).toContain(
      '**Cosmos Hub**: 0 clients',
    )
  })

  it('says what was probably meant by a chain that is not there', async () => {
    expect(await refusal(run({ clients }, 'data', { chain: 'osmosys' }))).toMatch(
      /^There is no chain `osmosys`\. Did you mean `osmosis-1` \(Osmosis\)\?/,
    )
    const message = await refusal(run({ clients }, 'data', { chain: '@everyone <@1>' }))
    expect(message).toMatch(/The chains are `osmosis-1` \(Osmosis\), `cosmoshub-4` \(Cosmos Hub\)\./)
    expect(message).toContain('`expired`')
    expect(message.replace(/`[^`]*`/g, '')).not.toContain('@')
  })

  it('says what is wrong with a chain as a whole, and how old its readings are', async () => {
    const status = {
      'osmosis-1': {
        state: 'blind',
        sinceMs: NOW - 14 * MINUTE_MS,
        reason: 'lcd-a: time-out',
        readMs: NOW - 3 * HOUR_MS,
      },
      'cosmoshub-4': { state: 'halted', sinceMs: NOW - 25 * MINUTE_MS },
    } as const
    const unseen = client('07-tendermint-1', DAY_MS, { unseenSinceMs: NOW - 1, readMs: NOW - 3 * HOUR_MS })
    const text = textOf(await run({ clients: [unseen], status }, 'data'))
    expect(text).toContain(`⚫ **BLIND 14 min**: \`lcd-a: time-out\``)
    expect(text).toContain('⏸ **HALTED 25 min**')
    expect(text.split('\n')[0]).toContain(`read ${t(NOW - 3 * HOUR_MS)}`)
    expect(text).toContain(`⚫ by the reading ${t(NOW - 3 * HOUR_MS)}`)
    expect(
      idsIn(textOf(await run({ clients: [unseen], status }, 'data', { status: 'unreadable' }))),
    ).toHaveLength(1)
  })

  it('says when a chain was not read yet', async () => {
    const status = { 'osmosis-1': { state: 'not-read', readMs: null, sweep: null } } as const
    expect(textOf(await run({ status }, 'data')).split('\n')[0]).toContain(', 1 chain not yet')
    expect(textOf(await run({ status }, 'data', { chain: 'osmosis' }))).toContain('not read yet')
  })

  it('pages through thousands: every client once, in the same order, quickly', async () => {
    const many = Array.from({ length: 6000 }, (_, i) =>
      client(`07-tendermint-${i}`, ((i * 7919) % 6000) * 3 * MINUTE_MS, {
        attention: i % 3 ? 'idle' : 'live',
      }),
    )
    const first = await run({ clients: many }, 'data')
    const count = first.page!.count
    expect(count).toBe(167)
    const before = process.cpuUsage()
    const pages = await Promise.all(
      [0, 1, 100, count - 2].map((page) => run({ clients: many }, 'data', {}, { page })),
    )
    // This process's own work, not what else the machine does.
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000 / pages.length).toBeLessThan(500)
    for (const [i, page] of pages.entries()) {
      expect(idsIn(textOf(page))).toHaveLength(12)
      expect(toPayloads(page), `page ${i}`).toHaveLength(1)
      expect(textOf(page)).toContain('read <t:')
    }
    const beyond = await run({ clients: many }, 'data', {}, { page: 9999 })
    expect(beyond.page).toEqual({ index: 166, count: 167 })
    const few = many.slice(0, 100)
    const all = await Promise.all(
      [...Array(3).keys()].map((page) => run({ clients: few }, 'data', {}, { page })),
    )
    expect(new Set(all.flatMap((page) => idsIn(textOf(page)))).size).toBe(34)
    const others = await Promise.all(
      [...Array(6).keys()].map((page) => run({ clients: few }, 'data', { status: 'other' }, { page })),
    )
    expect(new Set(others.flatMap((page) => idsIn(textOf(page)))).size).toBe(66)
  })
})
