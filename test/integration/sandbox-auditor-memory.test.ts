// The auditor holds what was told from memory against what is seen later: it is confirmed, or it is over.
import { expect, it } from 'vitest'
import type { WorldEvent } from '../../sandbox/auditor/log.ts'
import {
  critical,
  expired,
  findings,
  HOUR,
  MINUTE,
  post,
  stills,
  T0,
  updated,
  WHO,
  warning,
} from '../support/auditor.ts'

const sight = (atMs: number, reads: 'all' | 'nothing'): WorldEvent => ({
  atMs,
  kind: 'endpoint',
  chainId: 'alpha-1',
  endpoint: 0,
  reads,
  fault: reads === 'all' ? null : '503',
})
const darkMs = T0 + 19.5 * HOUR
const lightMs = T0 + 21 * HOUR
const dark = [sight(darkMs, 'nothing'), sight(lightMs, 'all')]
const blind = post(darkMs + 11 * MINUTE, '⚫ BLIND 10 min: Alpha, 0 of 1 endpoint. lcd 503', null)
const memory = post(
  T0 + 20 * HOUR + 20_000,
  `⚫ MAY HAVE EXPIRED Sat 21 Nov 06:00 UTC: ${WHO}, as of the reading 30 min ago`,
)
const light = post(lightMs + MINUTE, '🟢 over: Alpha can be read again', null)
const known = [warning, critical, ...stills.filter(({ atMs }) => atMs < darkMs), blind, memory, light]
const missed = (events: WorldEvent[], told: Parameters<typeof findings>[1]) =>
  findings(events, told).filter((one) => one.startsWith('missed'))

it('is told that it is lost when that is seen, whatever was said from memory', () => {
  const seen = (atMs: number) => ({
    ...expired,
    atMs,
    content: expired.content.replace('EXPIRED', 'EXPIRED, seen now'),
  })
  expect(missed(dark, [...known, seen(lightMs + 2 * MINUTE)])).toEqual([])
  expect(missed(dark, known)).toEqual([
    expect.stringMatching(/^missed: it is expired; not seen by .*MAY HAVE/),
  ])
  expect(missed(dark, [...known, seen(lightMs + 5 * MINUTE)])).toHaveLength(1)
})

it('is not due where it was updated meanwhile: that it is over is', () => {
  const saved = [...dark, updated(T0 + 19.8 * HOUR)]
  const text = findings(saved, known)
  expect(text).not.toContainEqual(expect.stringMatching(/not seen by/))
  expect(text).toContainEqual(expect.stringMatching(/^not ended/))
})

it('is due of a danger, too, and while its chain stays dark it is not', () => {
  const until = [sight(T0 + 15 * HOUR, 'nothing'), sight(T0 + 17 * HOUR, 'all')]
  const early = post(
    T0 + 16 * HOUR + 20_000,
    `⚫ 3 h left: ${WHO} may expire Sat 21 Nov 06:00 UTC, as of the reading 60 min ago`,
  )
  const rest = [critical, ...stills, expired]
  expect(missed(until, [early, ...rest])).toContainEqual(expect.stringMatching(/it is warning; not seen by/))
  const stays = [until[0]!, sight(T0 + 17.97 * HOUR, 'all')]
  expect(missed(stays, [early, ...rest])).not.toContainEqual(expect.stringMatching(/not seen by/))
})

it('is of the last reading that could be had: before the bot was stopped, or an earlier dark', () => {
  const isFalse = (events: WorldEvent[]) => {
    const atMs = T0 + 20.2 * HOUR
    const told = { ...memory, atMs, content: memory.content.replace('30 min ago', '4 h ago') }
    return findings([...dark, ...events], [told, light]).some((one) => /^false: ⚫ MAY HAVE/.test(one))
  }
  const bot = (atMs: number, runs: boolean): WorldEvent => ({ atMs, kind: 'bot', runs, halted: true })
  const off = [bot(T0 + 15.7 * HOUR, false), bot(T0 + 20.2 * HOUR, true)]
  const before = [sight(T0 + 15.7 * HOUR, 'nothing'), sight(darkMs - MINUTE, 'all')]
  for (const unread of [off, before]) {
    expect(isFalse([...unread, updated(T0 + 15.8 * HOUR)])).toBe(false)
    expect(isFalse([...unread, updated(T0 + 15.4 * HOUR)])).toBe(true)
  }
  expect(isFalse([updated(T0 + 15.8 * HOUR)])).toBe(true)
})

it('hears within minutes of what was frozen while its chain answered nothing', () => {
  const frozen: WorldEvent = {
    atMs: T0 + 10.02 * HOUR,
    kind: 'frozen',
    chainId: 'alpha-1',
    clientId: '07-tendermint-0',
  }
  const told = (afterMs: number) =>
    post(T0 + 10.1 * HOUR + afterMs, `🧊 FROZEN: ${WHO}. An update is refused now, governance only`)
  const short = (reads: 'nothing' | 'all') => [
    sight(T0 + 10 * HOUR, reads),
    frozen,
    sight(T0 + 10.1 * HOUR, 'all'),
  ]
  const late = (events: WorldEvent[], afterMs: number) =>
    findings(events, [told(afterMs)]).filter((one) => one.startsWith('late: frozen'))
  expect(late(short('nothing'), 2 * MINUTE)).toEqual([])
  expect(late(short('nothing'), 5 * MINUTE)).toEqual([expect.anything()])
  // Where the chain was seen all the time, the next sweep brings it.
  expect(late(short('all'), 3 * MINUTE)).toEqual([])
})

it('is also of a chain that has halted while the bot did not run, until two looks have shown that', () => {
  const backMs = T0 + 20.2 * HOUR
  const isFalse = (haltMs: number, toldMs: number) => {
    const events: WorldEvent[] = [
      { atMs: T0 + 19 * HOUR, kind: 'bot', runs: false },
      { atMs: haltMs, kind: 'halted', chainId: 'alpha-1', lastBlockMs: haltMs },
      { atMs: backMs, kind: 'bot', runs: true },
    ]
    const told = { ...memory, atMs: toldMs, content: memory.content.replace('30 min ago', '90 min ago') }
    return findings(events, [told]).some((one) => /^false: ⚫ MAY HAVE/.test(one))
  }
  expect(isFalse(T0 + 19.5 * HOUR, backMs + 20_000)).toBe(false)
  expect(isFalse(T0 + 19.5 * HOUR, backMs + 5 * MINUTE)).toBe(true)
  expect(isFalse(T0 + 18.5 * HOUR, backMs + 20_000)).toBe(true)
  expect(isFalse(T0 + 24 * HOUR, backMs + 20_000)).toBe(true)
})
