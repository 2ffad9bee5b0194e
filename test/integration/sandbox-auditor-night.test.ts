// The auditor finds pages that are missed, late, left open or refused, and pings that lie or stay away.
import { describe, expect, it } from 'vitest'
import type { Night, PageRequest, WorldEvent } from '../../sandbox/auditor/log.ts'
import {
  critical,
  DYING,
  END,
  expired,
  findings,
  HOUR,
  MINUTE,
  T0,
  updated,
  WORLD,
} from '../support/auditor.ts'

const page = (atMs: number, line: string, of: Partial<PageRequest> = {}): PageRequest => ({
  atMs,
  action: 'trigger',
  key: 'critical',
  status: 202,
  accepted: true,
  lines: [line],
  ...of,
})
const [line] = critical.content.split(' <@')
const pages = [page(critical.atMs, line!), page(expired.atMs, expired.content, { key: 'expired' })]
const every = (fromMs: number, toMs: number): Night['pings'] =>
  Array.from({ length: Math.floor((toMs - fromMs) / (5 * MINUTE)) }, (_, i) => ({
    atMs: fromMs + i * 5 * MINUTE,
    what: 'up' as const,
  }))
const night = (of: Partial<Night> = {}): Night => ({ pages, pings: every(T0, END), ...of })
const found = (of: Partial<Night> = {}, events: WorldEvent[] = [], posts = DYING) =>
  findings(events, posts, END, night(of))

describe('pages', () => {
  it('for what is critical and then lost: nothing is found', () => {
    expect(found()).toEqual([])
  })

  it('are missed, and late', () => {
    expect(found({ pages: pages.slice(0, 1) })).toEqual([
      expect.stringMatching(/^missed: page: expired from/),
    ])
    const late = page(critical.atMs + 3 * MINUTE, line!)
    expect(found({ pages: [late, pages[1]!] })).toEqual([expect.stringMatching(/^late: page: critical from/)])
  })

  it('wait for the pager, not for Discord', () => {
    const failing = (kind: 'pager' | 'discord'): WorldEvent[] => [
      { atMs: critical.atMs - MINUTE, kind, fault: 'pager 500' },
      { atMs: critical.atMs + 20 * MINUTE, kind, fault: null },
    ]
    const late = [page(critical.atMs + 20 * MINUTE, line!), pages[1]!]
    expect(found({ pages: late }, failing('pager'))).toEqual([])
    expect(found({ pages: late, pings: [] }, failing('discord'))).toContainEqual(
      expect.stringMatching(/^late: page: critical/),
    )
  })

  it('wait for whoever said in the channel that they have it, until it is worse', () => {
    const acked = (forMs: number): WorldEvent[] => [
      { atMs: critical.atMs - MINUTE, kind: 'pager', fault: 'pager 500' },
      { atMs: critical.atMs + 20 * MINUTE, kind: 'pager', fault: null },
      ...[false, true].map((taken) => ({
        ...{ atMs: critical.atMs + 10 * MINUTE, kind: 'acked' as const, name: 'Alpha', forMs, taken },
        ...{ clientId: '07-tendermint-0', who: '<@200000000000000000>' },
      })),
    ]
    const ofPages = (forMs: number, pages: PageRequest[]) =>
      found({ pages }, acked(forMs)).filter((one) => one.includes('page: '))
    expect(ofPages(4 * HOUR, pages.slice(1))).toEqual([])
    expect(ofPages(30 * MINUTE, pages.slice(1))).toEqual([expect.stringMatching(/page: critical/)])
    expect(ofPages(4 * HOUR, [])).toContainEqual(expect.stringMatching(/^missed: page: expired/))
  })

  it('that are refused', () => {
    const refused = page(critical.atMs - 1, line!, { status: 400, accepted: false })
    expect(found({ pages: [refused, ...pages] })).toEqual(['not understood: page critical is refused'])
  })

  it('are resolved when all is well', () => {
    const savedMs = critical.atMs + 30 * MINUTE
    const saved = [updated(savedMs)]
    const told = DYING.filter(({ atMs }) => atMs < savedMs)
    const only = pages.slice(0, 1)
    const isOpen = /^not ended: page critical is open at/
    expect(found({ pages: only }, saved, told)).toContainEqual(expect.stringMatching(isOpen))
    const resolve = page(savedMs + 5 * MINUTE, '', { action: 'resolve', lines: [] })
    expect(found({ pages: [...only, resolve] }, saved, told)).not.toContainEqual(
      expect.stringMatching(isOpen),
    )
  })
})

it('leaves an incident open for what may have arrived in it, and no longer', () => {
  const savedMs = critical.atMs + 30 * MINUTE
  const other = { chainId: 'alpha-1', clientId: '07-tendermint-1' }
  const saved: WorldEvent[] = [
    { ...WORLD.find((one): one is WorldEvent & { kind: 'client' } => one.kind === 'client')!, ...other },
    updated(savedMs),
    { ...updated(savedMs + HOUR), ...other },
  ]
  const resolve = page(savedMs + HOUR + 5 * MINUTE, '', { action: 'resolve', lines: [] })
  const lost = { status: 0, accepted: false }
  const tried = page(critical.atMs + MINUTE, line!.replace('tendermint-0', 'tendermint-1'), lost)
  const open = (...also: PageRequest[]) =>
    found({ pages: [pages[0]!, ...also] }, saved, []).filter((one) => one.startsWith('not ended: page'))
  expect(open(tried, resolve)).toEqual([])
  expect(open({ ...tried, status: 500 }, resolve)).toHaveLength(1)
  expect(open(tried)).toHaveLength(1)
})

describe('pings', () => {
  const disk = (fault: string | null, atMs: number): WorldEvent => ({ atMs, kind: 'storage', fault })
  const locked = [disk('locked', T0 + HOUR), disk(null, T0 + 2 * HOUR)]

  it('come while all is well', () => {
    expect(found({ pings: every(T0, T0 + 3 * HOUR) })).toEqual(['missed: no ping, though all is well'])
  })

  it('do not come for an hour in which nothing can be written', () => {
    const lies = expect.stringMatching(/^false: a ping, though nothing could be kept or told since/)
    expect(found({}, locked)).toContainEqual(lies)
    const held = [...every(T0, T0 + HOUR), ...every(T0 + 2 * HOUR, END)]
    expect(found({ pings: held }, locked)).not.toContainEqual(lies)
  })

  it('may come while the disk is full; where they do not, that is told instead', () => {
    const full = [disk('disk full', T0 + HOUR), disk(null, T0 + 2 * HOUR)]
    const away = 'missed: no ping, though all is well'
    const until = (ms: number) => [...every(T0, T0 + ms), ...every(T0 + 2 * HOUR, END)]
    const fail = (ms: number) => ({ atMs: T0 + ms, what: 'fail' as const })
    expect(found({}, full)).toEqual([])
    expect(found({ pings: until(1.5 * HOUR) }, full)).toEqual([away])
    expect(found({ pings: [...until(1.5 * HOUR), fail(1.6 * HOUR)] }, full)).toEqual([])
    expect(found({ pings: [...until(1.5 * HOUR), fail(2.1 * HOUR)] }, full)).toEqual([away])
    expect(found({ pings: [...every(T0, T0 + 1.5 * HOUR), fail(1.6 * HOUR)] }, full)).toEqual([away])
    // Held back for a moment alone.
    const short = [...every(T0, T0 + 2 * HOUR), ...every(T0 + 2 * HOUR + 3 * MINUTE, END + HOUR)]
    expect(found({ pings: short }, full)).toEqual([])
    expect(found({ pings: short })).toEqual([away])
  })
})
