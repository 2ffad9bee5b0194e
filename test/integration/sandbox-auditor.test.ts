// The auditor finds what is missed, late, false, doubled, not ended or badly advised, and permits what is true.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { WorldEvent } from '../../sandbox/auditor/log.ts'
import {
  but,
  client,
  critical,
  DYING,
  edit,
  expired,
  findings,
  HOUR,
  MINUTE,
  over,
  PERIOD,
  post,
  stills,
  T0,
  UPDATE,
  updated,
  WHO,
  warning,
} from '../support/auditor.ts'

describe('a client that nobody updates', () => {
  it('is told of at each threshold: nothing is found', () => {
    expect(findings([], DYING)).toEqual([])
  })

  it('is missed where nothing comes', () => {
    expect(findings([], [])).toEqual([
      expect.stringMatching(/^missed: warning from 2026-11-21 02:00:00/),
      expect.stringMatching(/^missed: critical/),
      expect.stringMatching(/^missed: expired/),
    ])
  })

  it('is late where it comes after more than a minute', () => {
    const late = { ...critical, atMs: critical.atMs + 2 * MINUTE }
    expect(findings([], but(critical, late))).toEqual([expect.stringMatching(/^late: critical/)])
  })

  it('is told twice', () => {
    const twice = { ...warning, atMs: warning.atMs + 5 * MINUTE }
    expect(findings([], [warning, twice, ...DYING.slice(1)])).toEqual([expect.stringMatching(/^doubled/)])
  })

  it('is told twice in the same words while answers of Discord are lost, a whole night long', () => {
    const lost = (atMs: number, fault: string | null): WorldEvent => ({ atMs, kind: 'discord', fault })
    const night = [lost(T0 + 10 * HOUR, 'answers lost'), lost(T0 + 17 * HOUR, null)]
    const twice = { ...warning, atMs: warning.atMs + 5_000 }
    const told = [warning, twice, ...DYING.slice(1)]
    expect(findings(night, told)).toEqual([expect.stringMatching(/^doubled: .* in the same words/)])
    const killed = (runs: boolean, afterMs: number): WorldEvent => ({
      atMs: warning.atMs + afterMs,
      kind: 'bot',
      runs,
    })
    expect(findings([...night, killed(false, 1000), killed(true, 3000)], told)).toEqual([])
  })

  it('is called expired while an update still saves it', () => {
    const early = { ...expired, atMs: T0 + 19 * HOUR }
    expect(findings([], [...but(expired, early), expired])).toEqual(
      expect.arrayContaining([expect.stringMatching(/^false: 🔴 EXPIRED.*it was critical/)]),
    )
  })

  it('is overdue on a chain that makes no blocks, and expired with the next one', () => {
    const halt: WorldEvent[] = [
      { atMs: T0 + 19 * HOUR, kind: 'halted', chainId: 'alpha-1', lastBlockMs: T0 + 19 * HOUR },
      { atMs: T0 + 22 * HOUR, kind: 'resumed', chainId: 'alpha-1' },
    ]
    const halted = post(
      T0 + 19 * HOUR + 10 * MINUTE,
      '⏸ HALTED: Alpha has made no block for 10 min (last 1).',
      null,
    )
    const overdue = post(
      T0 + 20 * HOUR + 20_000,
      `🔴 OVERDUE: ${WHO} is past its deadline by the clock; Alpha has made no block since`,
      `${UPDATE} --height 5`,
    )
    const seen = { ...expired, atMs: T0 + 22 * HOUR + MINUTE }
    const over = post(T0 + 22 * HOUR + MINUTE, '🟢 over: Alpha makes blocks again (was halted)', null)
    const told = [warning, critical, ...stills]
    expect(findings(halt, [...told, halted, overdue, over, seen])).toEqual([])
    expect(findings(halt, [...told, halted, over, expired])).toEqual([
      expect.stringMatching(/^false: 🔴 EXPIRED/),
    ])
    expect(findings(halt, [...told, overdue, seen])).toEqual([expect.stringMatching(/^missed: halted/)])
    expect(findings(halt, [...told, halted, overdue, seen])).toEqual([
      expect.stringMatching(/^not ended.*HALTED/),
    ])
  })
})

describe('a client that is updated', () => {
  const savedMs = T0 + 16.5 * HOUR

  it('ends its alert, by the next sweep, and marks what was said', () => {
    const end = T0 + 20 * HOUR
    const ended = over(savedMs + 9 * MINUTE)
    expect(findings([updated(savedMs)], [warning, ended, edit(ended.atMs)], end)).toEqual([])
    expect(findings([updated(savedMs)], [warning, ended], end)).toEqual([
      expect.stringMatching(/^not marked/),
    ])
    expect(findings([updated(savedMs)], [warning], end)).toEqual([expect.stringMatching(/^not ended/)])
  })

  it('was warned of in the very moment in which it was updated, and not a moment after', () => {
    const stepMs = T0 + 16 * HOUR
    const ended = over(stepMs + 9 * MINUTE)
    const told = [{ ...warning, atMs: stepMs }, ended, edit(ended.atMs)]
    expect(findings([updated(stepMs)], told, T0 + 18 * HOUR)).toEqual([])
    // Whoever was told so is told that it is over.
    expect(findings([updated(stepMs)], told.slice(0, 1), T0 + 18 * HOUR)).toEqual([
      expect.stringMatching(/^not ended/),
    ])
    expect(findings([updated(stepMs - 1)], told, T0 + 18 * HOUR)).toContainEqual(
      expect.stringMatching(/^false: 🟡/),
    )
    // It came to nothing worse.
    const worse = { ...critical, atMs: stepMs }
    expect(
      findings([updated(stepMs)], [worse, ended, edit(ended.atMs, worse)], T0 + 18 * HOUR),
    ).toContainEqual(expect.stringMatching(/^false: 🔴/))
  })

  it('is not warned of any more', () => {
    const wrong = { ...critical, atMs: T0 + 18 * HOUR }
    const ended = over(savedMs + MINUTE)
    const found = findings([updated(savedMs)], [warning, ended, edit(ended.atMs), wrong], T0 + 20 * HOUR)
    expect(found.filter((text) => text.startsWith('false'))).toEqual([
      expect.stringMatching(/^false: 🔴 119 min left/),
      expect.stringMatching(/^false: it had been over for long/),
    ])
  })
})

describe('a chain that cannot be read', () => {
  const dark: WorldEvent[] = [
    {
      atMs: T0 + 15 * HOUR,
      kind: 'endpoint',
      chainId: 'alpha-1',
      endpoint: 0,
      reads: 'nothing',
      fault: '500',
    },
    { atMs: T0 + 17 * HOUR, kind: 'endpoint', chainId: 'alpha-1', endpoint: 0, reads: 'all', fault: null },
  ]
  const blind = post(
    T0 + 15 * HOUR + 20 * MINUTE,
    '⚫ BLIND 10 min: Alpha, 0 of 1 endpoints answer. Nearest',
    null,
  )
  const memory = post(
    T0 + 16 * HOUR + 20_000,
    `⚫ 3 h left: ${WHO} may expire Sat 21 Nov 06:00 UTC, as of the reading 60 min ago`,
  )

  it('is told as blind, and its known deadlines go on by the clock', () => {
    const over = post(T0 + 17 * HOUR + MINUTE, '🟢 over: Alpha can be read again (was blind)', null)
    const seen = post(T0 + 17 * HOUR + MINUTE, `🟡 2 h left, seen now: ${WHO}, expires Sat 21 Nov 06:00 UTC`)
    const rest = [over, seen, critical, ...stills, expired]
    expect(findings(dark, [blind, memory, ...rest])).toEqual([])
    expect(findings(dark, [memory, ...rest])).toEqual([expect.stringMatching(/^missed: blind/)])
    expect(findings(dark, [blind, ...rest])).toEqual([
      expect.stringMatching(/^late: warning.*its chain dark/),
    ])
  })

  it('is told to have begun anew when it has, and is then called for', () => {
    const anew: WorldEvent = { atMs: T0 + HOUR, kind: 'restarted', chainId: 'alpha-1' }
    const told = post(T0 + HOUR + MINUTE, '⏮ RESTARTED: Alpha is at block 9 under the same id', null)
    expect(findings([anew], [told, ...DYING])).toEqual([])
    expect(findings([], [told, ...DYING])).toEqual([expect.stringMatching(/^false: ⏮ RESTARTED/)])
  })

  it('is not called blind while it can be read', () => {
    const wrong = { ...blind, atMs: T0 + 3 * HOUR }
    expect(findings([], [wrong, ...DYING])).toEqual([expect.stringMatching(/^false: ⚫ BLIND/)])
  })
})

it('looks at the command below', () => {
  expect(findings([], but(warning, { ...warning, embeds: [] }))).toEqual([
    expect.stringMatching(/^bad advice: no command/),
  ])
  expect(findings([], but(expired, { ...expired, embeds: [UPDATE] }))).toEqual([
    expect.stringMatching(/^bad advice: an update is refused/),
    expect.stringMatching(/^bad advice: no proposal recovers it/),
  ])
})

it('does not count the time in which nothing can be told', () => {
  const deaf: WorldEvent[] = [
    { atMs: T0 + 15.9 * HOUR, kind: 'discord', fault: '500' },
    { atMs: T0 + 16.4 * HOUR, kind: 'discord', fault: null },
  ]
  const held = { ...warning, atMs: T0 + 16.4 * HOUR + 50_000 }
  expect(findings(deaf, but(warning, held))).toEqual([])
  expect(findings(deaf, but(warning, { ...held, atMs: held.atMs + 7 * MINUTE }))).toEqual([
    expect.stringMatching(/^late: warning/),
  ])
})

describe('a client whose channels open and close', () => {
  const use = (atMs: number, to: 'live' | 'idle'): WorldEvent => ({ atMs, kind: 'use', ...client, use: to })
  const sight = (atMs: number, reads: 'all' | 'nothing'): WorldEvent => {
    const fault = reads === 'all' ? null : '500'
    return { atMs, kind: 'endpoint', chainId: 'alpha-1', endpoint: 0, reads, fault }
  }
  const deadMs = T0 + PERIOD

  it('is told when that can be read, where they open while its chain cannot', () => {
    const dark = [sight(T0 + 12 * HOUR, 'nothing'), sight(T0 + 21 * HOUR, 'all')]
    const events = [use(T0, 'idle'), use(deadMs - 5 * MINUTE, 'live'), ...dark]
    const blind = post(T0 + 12.2 * HOUR, '⚫ BLIND 10 min: Alpha, 0 of 1 endpoints answer. Nearest', null)
    const over = post(T0 + 21 * HOUR, '🟢 over: Alpha can be read again (was blind)', null)
    const seen = { ...expired, atMs: T0 + 21 * HOUR + 5 * MINUTE }
    expect(findings(events, [blind, over, seen])).toEqual([])
    expect(findings(events, [blind, over])).toContainEqual(expect.stringMatching(/^missed: expired/))
  })

  it('is told when that can be read, where nobody looked between an update and the dark', () => {
    const off = (atMs: number, runs: boolean): WorldEvent => ({ atMs, kind: 'bot', runs })
    const dark = [sight(T0 + 30 * MINUTE, 'nothing'), sight(T0 + 16.5 * HOUR, 'all')]
    const read = post(T0 + 16.5 * HOUR, '🟢 over: Alpha can be read again (was blind)', null)
    const blind = post(T0 + 62 * MINUTE, '⚫ BLIND 10 min: Alpha, 0 of 1 endpoints answer. Nearest', null)
    const late = { ...warning, atMs: T0 + 16.6 * HOUR, content: warning.content.replace('4 h', '204 min') }
    const told = [blind, read, late, critical, ...stills, expired]
    const away = [off(T0 + MINUTE, false), off(T0 + 40 * MINUTE, true)]
    const isLate = (one: string) => one.startsWith('late: warning')
    expect(findings([...away, ...dark], told).filter(isLate)).toEqual([])
    expect(findings(dark, told).filter(isLate)).toHaveLength(1)
  })

  it('is told where no sweep could see that they closed', () => {
    const isFalse = (idleMs: number, litMs: number) =>
      findings([use(idleMs, 'idle'), sight(T0 + 15 * HOUR, 'nothing'), sight(litMs, 'all')], [warning]).some(
        (one) => one.startsWith('false: 🟡') && one.endsWith('nobody uses it'),
      )
    const idleMs = T0 + 15 * HOUR
    expect(isFalse(idleMs, warning.atMs + HOUR)).toBe(false)
    expect(isFalse(idleMs, warning.atMs - 9 * MINUTE)).toBe(false)
    expect(isFalse(idleMs, warning.atMs - 12 * MINUTE)).toBe(true)
    expect(isFalse(idleMs - 11 * MINUTE, warning.atMs + HOUR)).toBe(true)
  })

  it('is no news where it was lost, came back and was lost again while nobody could look', () => {
    const atMs = deadMs + 2 * HOUR
    const back: WorldEvent = { atMs, kind: 'updated', ...client, lastUpdateMs: T0 + 3 * HOUR }
    const missed = (litMs: number) =>
      findings([back, sight(deadMs + HOUR, 'nothing'), sight(litMs, 'all')], DYING).filter((one) =>
        /^missed: (?:warning|critical|expired)/.test(one),
      )
    expect(missed(deadMs + 4 * HOUR)).toEqual([])
    expect(missed(deadMs + 2.2 * HOUR)).toHaveLength(1)
  })

  it('is no news where it was told before they closed', () => {
    const events = [use(deadMs + HOUR, 'idle'), use(deadMs + 2 * HOUR, 'live')]
    const withdrawn = post(deadMs + HOUR + MINUTE, `⚪ withdrawn: ${WHO} is no longer one of`, null)
    expect(findings(events, [...DYING, withdrawn])).toEqual([])
    const untold = findings(events, [...DYING.slice(0, -1), withdrawn])
    expect(untold.filter((one) => one.startsWith('missed: expired from 2026-11-21 08:00'))).toHaveLength(1)
  })
})

it('permits a reminder soon after one that was held back by what is in it, and no other', () => {
  const events: WorldEvent[] = [{ atMs: T0 + 18.5 * HOUR, kind: 'poison', text: '07-tendermint-0' }]
  const soon = { ...stills[0]!, atMs: stills[0]!.atMs + 8 * MINUTE }
  const told = [warning, critical, stills[0]!, soon]
  const refused = { ...stills[0]!, atMs: stills[0]!.atMs - MINUTE, accepted: false, status: 403 }
  const endMs = soon.atMs + MINUTE
  expect(findings(events, told, endMs)).toEqual([expect.stringMatching(/^doubled: .* told .* already/)])
  expect(findings(events, [...told, refused], endMs)).toEqual([])
})

it('permits that others are called where nobody acknowledged what was told, and takes it for no reminder', () => {
  const line = `🟡 still not updated, 3 h left: ${WHO}, expires Sat 21 Nov 06:00 UTC`
  const soon = post(warning.atMs + 15 * MINUTE, `${line} · nobody has #41 for 15 min <@&200000000000000000>`)
  const still = post(warning.atMs + 15 * MINUTE, line)
  expect(findings([], [warning, soon, ...DYING.slice(1)])).toEqual([])
  expect(findings([], [warning, still, ...DYING.slice(1)])).toEqual([expect.stringMatching(/^doubled/)])
})

it('is apart from the program: it imports nothing but its own files', () => {
  const folder = fileURLToPath(new URL('../../sandbox/auditor/', import.meta.url))
  const files = readdirSync(folder)
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) {
    const imports = [...readFileSync(join(folder, file), 'utf8').matchAll(/from '([^']+)'/g)].map(
      ([, from]) => from!,
    )
    for (const from of imports)
      expect([file, from]).toEqual([file, expect.stringMatching(/^\.\/[a-z-]+\.ts$/)])
  }
})
