// What the doctor finds of chains, their endpoints, and the clock of the machine by theirs.
import { afterEach, describe, expect, it } from 'vitest'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import type { Patient } from '../support/doctor.ts'
import { closePatients, patient } from '../support/patients.ts'

const MINUTE = 60_000
afterEach(closePatients)

describe('chains', () => {
  const quirks: [IbcGoVersion, string, string][] = [
    ['v6', 'v6.3.1', 'counts raw keys'],
    ['v7', 'v7.10.0', 'repeats clients'],
    ['v11', 'v11.2.0', 'repeats clients'],
  ]
  it.each(quirks)('tells version and list quirk of ibc-go %s', async (version, full, quirk) => {
    const { of } = await (await patient({ version })).run()
    const [line] = of('host-1 127.0.0.1')
    expect(line!.text).toContain(`ibc-go ${full}`)
    expect(line!.text).toContain(quirk)
  })

  it('warns of the last endpoint that is alive before it is gone, and says what each other one has', async () => {
    const one = await patient({
      endpoints: [
        {},
        { hang: true },
        { html: 502 },
        { chainId: 'elsewhere-1' },
        { behindMs: 40.5 * MINUTE },
        { reset: true },
        { status: 403 },
      ],
    })
    const { code, of } = await one.run()
    const [chain, ...lines] = of('host-1')
    expect(chain).toMatchObject({
      level: 'warning',
      text: '1 of 7 endpoints alive: when it fails, the bot is blind for Host',
    })
    expect(lines.map(({ level }) => level)).toEqual(['ok', ...Array(6).fill('warning')])
    const texts = lines.slice(1).map(({ text }) => text)
    expect(texts).toEqual([
      'time-out',
      '502',
      'serves elsewhere-1',
      '40 min behind',
      'connection lost',
      '403',
    ])
    for (const { mend } of lines.slice(1)) expect(mend).toContain('`rest` of chains[0]')
    expect(code).toBe(0)
  })

  it('is wrong when no endpoint can be used, and the other chain is still looked at', async () => {
    const one = await patient({ endpoints: [{ html: 502 }, { chainId: 'elsewhere-1' }] })
    const { code, of } = await one.run()
    expect(of('host-1').map(({ level }) => level)).toEqual(['wrong', 'wrong', 'wrong'])
    expect(of('host-1')[0]!.text).toContain('0 of 2 endpoints can be used')
    expect(of('other-4')[0]!.level).toBe('ok')
    expect(code).toBe(1)
  })

  it('suspects this machine when no chain at all can be read', async () => {
    const one = await patient()
    for (const chain of one.config.chains) Object.assign(chain, { rest: ['http://127.0.0.1:1'] })
    const { code, of } = await one.run()
    expect(of('network')).toMatchObject([{ level: 'wrong', area: 'machine' }])
    expect(of('clock')).toMatchObject([{ level: 'warning' }])
    expect(code).toBe(1)
  })

  it('warns of a single endpoint', async () => {
    const { of } = await (await patient({ endpoints: [{}] })).run()
    expect(of('host-1')[0]).toMatchObject({ level: 'warning' })
    expect(of('host-1')[0]!.text).toContain('only one endpoint')
  })

  it('asks each endpoint about IBC: a proxy may let through the blocks alone', async () => {
    const one = await patient({
      endpoints: [{ only: /\/ibc\//, html: 401 }, {}, { only: /\/ibc\//, notJson: true }],
    })
    const host = one.config.chains[0] as object
    one.config.chains[0] = { ...host, connections: ['connection-0'] } as never
    const first = await one.run()
    expect(first.of('host-1').map(({ level, text }) => [level, text.replace(/.*: /, '')])).toEqual([
      ['ok', expect.stringContaining('3 of 3 endpoints alive')],
      ['warning', '401'],
      ['ok', expect.stringContaining('block')],
      ['warning', 'not JSON'],
      // Asked of the one that tells.
      ['ok', '1 connections and clients exist'],
    ])
    expect(first.of('host-1')[1]).toMatchObject({
      text: expect.stringContaining('but what is below /ibc/ it does not answer: 401'),
      mend: expect.stringContaining('take it out of `rest` of chains[0]'),
    })
    expect(first.code).toBe(0)

    one.endpoints[1]!.faults = { only: /\/ibc\//, status: 403 }
    const second = await one.run()
    expect(
      second
        .of('host-1')
        .slice(0, 4)
        .map(({ level }) => level),
    ).toEqual(Array(4).fill('wrong'))
    expect(second.of('host-1')[0]!.text).toContain('none of 3 endpoints that answer tells of IBC')
    expect(second.code).toBe(1)
    // A pace that divides nothing evenly.
    one.config.chains[0] = { ...host, connections: 'none', limits: { requestsPerSecond: 7.3 } } as never
    expect((await one.run()).code).toBe(0)
  })

  it('names the endpoints of one operator', async () => {
    const one = await patient({ endpoints: [{}, {}, {}] })
    const [a, b, c] = one.endpoints.map(({ url }) => url)
    const rest = [{ url: `${a}?key=1`, voice: 'op' }, { url: `${a}?key=2` }, { url: b!, voice: 'op' }, c!]
    one.config.chains[0] = { chainId: 'host-1', rest }
    const [voices, ...more] = (await one.run()).of('voices')
    const host = new URL(a!).host
    expect(voices).toMatchObject({
      level: 'warning',
      text: expect.stringMatching(`^${host} #1 and ${host} #2 and ${new URL(b!).host} are one voice`),
    })
    expect(more).toEqual([])
  })

  it('tells a halted chain from a dead one', async () => {
    const one = await patient()
    one.chains.chain('host-1').blocks.halt()
    one.clock.set(one.clock.now() + 25 * MINUTE)
    const { code, of } = await one.run()
    expect(of('host-1')[0]!.text).toContain('seems halted: 2 of 2 endpoints answer')
    expect(of('host-1')[0]!.text).toContain('25 min old')
    // The nodes' own clocks go on.
    expect(of('clock')[0]!.level).toBe('ok')
    expect(code).toBe(0)
  })

  it('takes neither an hour between blocks for a halt, nor such a block for the time', async () => {
    const one = await patient()
    one.chains.chain('host-1').blocks.setInterval(60 * MINUTE)
    one.clock.set(one.clock.now() + 9 * 60 * MINUTE + 40 * MINUTE)
    const { of } = await one.run()
    expect(of('host-1')[0]!.text).toMatch(/^2 of 2 endpoints alive, newest block /)
    expect(of('clock')[0]!.level).toBe('ok')
  })

  it('says when a node catches up', async () => {
    const one = await patient({ endpoints: [{}, {}, { restarted: true }] })
    const { of } = await one.run()
    expect(of(new URL(one.endpoints[2]!.url).host)[0]).toMatchObject({ level: 'warning' })
    expect(of(new URL(one.endpoints[2]!.url).host)[0]!.text).toContain('it is catching up')
  })

  it('finds ids in the configuration that the chain does not have', async () => {
    const one = await patient()
    const host = one.config.chains[0] as object
    one.config.chains[0] = { ...host, connections: ['connection-0'], mine: ['07-tendermint-0'] } as never
    expect((await one.run()).of('named ids')).toMatchObject([
      { level: 'ok', text: '2 connections and clients exist' },
    ])
    one.config.chains[0] = {
      ...host,
      connections: ['connection-0', 'connection-77'],
      ignoreClients: ['07-tendermint-77'],
    } as never
    const { code, findings } = await one.run()
    const wrong = findings.filter(({ level }) => level === 'wrong')
    expect(wrong.map(({ text }) => text)).toEqual([
      'connection-77 does not exist there',
      '07-tendermint-77 does not exist there',
    ])
    expect(code).toBe(1)
  })
})

describe('clock', () => {
  const at = (one: Patient, aheadMs: number) => new ManualClock(one.clock.now() + aheadMs)
  it.each([
    [9000, 'ok', 0],
    [-9000, 'ok', 0],
    [20_000, 'warning', 0],
    [-20_000, 'warning', 0],
    [90_000, 'wrong', 1],
    [-90_000, 'wrong', 1],
  ] as const)('%i ms ahead of the chains is %s', async (aheadMs, level, code) => {
    const one = await patient()
    const seen = await one.run({ clock: at(one, aheadMs) })
    expect(seen.of('clock')).toMatchObject([{ level, area: 'machine' }])
    if (level !== 'ok') expect(seen.of('clock')[0]!.text).toContain(aheadMs > 0 ? 'ahead of' : 'behind')
    expect(seen.code).toBe(code)
  })
})
