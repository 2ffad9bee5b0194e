// Whether the first watcher has told something: whose message counts, and what in it.
import { describe, expect, it } from 'vitest'
import type { SeenMessage } from '../../../src/alerts/outbox/seen.ts'
import { calledByStandby, laterThanHere, toldByFirst } from '../../../src/alerts/standby/decide.ts'
import type { Message, Notice } from '../../../src/alerts/types.ts'
import { snowflakeAt } from '../../../src/kernel/snowflake.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const MINUTE = 60_000
const DAY = 1440 * MINUTE

const notice = (over: Partial<Notice> = {}): Notice => ({
  ...{ kind: 'raised', level: 'critical', from: 'warning', alertId: 7, mention: true, ackedBy: null },
  ...{ raisedMs: NOW - 5 * DAY, ...over },
})
const message = (over: Partial<Notice> = {}): Message => ({
  identity: 'ibc:osmosis-1/07-tendermint-1',
  notice: notice(over),
  headline: '🟠 9 h left: Osmosis 07-tendermint-1 (tracks Cosmos Hub), expires …',
  ...{ group: 'Osmosis', subject: '07-tendermint-1', embed: null, mention: [] },
  openSinceMs: NOW - 9 * DAY,
})
const said = (content: string, agoMs = 2 * MINUTE, over: Partial<SeenMessage> = {}): SeenMessage => ({
  ...{ id: snowflakeAt(NOW - agoMs), content, embeds: [], webhookId: '1', editedMs: null, ...over },
})
const isTold = (one: SeenMessage, of = message()) => toldByFirst(of, NOW - 3 * MINUTE, [one], NOW) === one
const WHO = 'Osmosis 07-tendermint-1 (tracks Cosmos Hub)'

describe('what the first watcher has told', () => {
  it.each([
    ['its line', said(`🟠 9 h left: ${WHO}, expires … <@&1>`)],
    [
      'a line of a storm, days ago',
      said(`🔴 1 expired, 🟠 1 critical on Osmosis\n🟠 9 h left: ${WHO} #4`, 5 * DAY),
    ],
    ['the id of the chain', said('🟠 9 h left: osmosis-1 07-tendermint-1, expires …')],
    ['a worse level', said(`🔴 EXPIRED: ${WHO}. An update is refused now`)],
    ['over since a moment', said(`🟢 over: 🟠 9 h left: ${WHO}`, 60 * MINUTE, { editedMs: NOW - MINUTE })],
    ['by its own account', said(`🟠 9 h left: ${WHO}`, MINUTE, { webhookId: null, isBot: true })],
  ])('is found: %s', (_, one) => expect(isTold(one)).toBe(true))

  it.each([
    ['a warning', said(`🟡 3 d left: ${WHO}`)],
    ['another client whose id begins so', said('🟠 9 h left: Osmosis 07-tendermint-12 (tracks Cosmos Hub)')],
    [
      'the client of the same id on the tracked chain',
      said('🟠 9 h left: Cosmos Hub 07-tendermint-1 (tracks Osmosis)'),
    ],
    ['a chain whose name ends so', said('🟠 9 h left: Neo Osmosis 07-tendermint-1 (tracks Cosmos Hub)')],
    ['the other line of a storm', said(`🟠 9 h left: Osmosis 07-tendermint-2 #4\n🟡 3 d left: ${WHO} #5`)],
    ['what a person writes', said(`🟠 9 h left: ${WHO}`, MINUTE, { webhookId: null })],
    ['the answer to a command', said(`🟠 ${WHO}`, MINUTE, { webhookId: null, isBot: true, isAnswer: true })],
    ['its own post', said(`from the standby: 🟠 9 h left: ${WHO}`)],
    ['before the last update', said(`🟠 9 h left: ${WHO}`, 20 * DAY)],
    ['over since days', said(`🟢 over: 🟠 9 h left: ${WHO}`, 5 * DAY, { editedMs: NOW - 4 * DAY })],
  ])('is not found: %s', (_, one) => expect(isTold(one)).toBe(false))

  it('is told once more only where the first one is silent since, and nobody has it', () => {
    const again = { ...message({ kind: 'reminder' }), againSinceMs: NOW - DAY }
    expect(isTold(said(`🟠 9 h left: ${WHO}`, 2 * DAY), again)).toBe(false)
    expect(isTold(said(`🟠 still not updated, 9 h left: ${WHO}`, DAY / 2), again)).toBe(true)
    // The last time both told it, the first one a moment later.
    expect(isTold(said(`🟠 9 h left: ${WHO}`, DAY - 4 * MINUTE), again)).toBe(false)
    // In one line with the others of its chain.
    const many = (what: string, chain = 'Osmosis', ago = DAY / 2) =>
      isTold(
        said(
          `${what} on ${chain}: nearest 07-tendermint-9, 9 h left (…) · #1–#900: \`$alerts\` lists them`,
          ago,
        ),
        again,
      )
    expect(many('🟠 900 still critical')).toBe(true)
    expect(many('🔴 3 still expired, 🟠 897 still critical')).toBe(true)
    expect(many('🟡 900 still warning')).toBe(false)
    expect(many('🔴 40 still expired')).toBe(false)
    expect(many('🟠 900 still critical', 'Osmosis Testnet')).toBe(false)
    expect(many('🟠 900 still critical', 'Cosmos Hub')).toBe(false)
    expect(many('🟠 900 still critical', 'Osmosis', 2 * DAY)).toBe(false)
    const soon = { ...again, againSinceMs: NOW - 8 * MINUTE }
    expect(isTold(said(`🟠 9 h left: ${WHO}`, 8 * MINUTE), soon)).toBe(false)
    expect(isTold(said(`🟠 still not updated, 9 min left: ${WHO}`, 4 * MINUTE), soon)).toBe(true)
    // It is waited for no longer than the time that is left allows.
    expect(laterThanHere(again, NOW)).toBe(10 * MINUTE)
    expect(laterThanHere({ ...again, deadlineMs: NOW + 20 * MINUTE }, NOW)).toBe(4 * MINUTE)
    const held = (until: string) =>
      said(`🟠 9 h left: ${WHO} · 👀 Ana has it${until}: key`, 2 * DAY, { editedMs: NOW - DAY })
    expect(isTold(held(' until Fri 20 Nov 18:00 UTC'), again)).toBe(true)
    expect(isTold(held(' until Fri 20 Nov 11:00 UTC'), again)).toBe(false)
    expect(isTold(held(' until 18:00 UTC'), again)).toBe(false)
    expect(isTold(held(''), again)).toBe(true)
  })

  it.each([
    [
      'unwatched:evmos',
      'blind',
      '⚠️ NOT WATCHED: evmos',
      ' (chains[2])',
      'chains that are not watched',
      'evmos',
    ],
    ['halted:osmosis-1', 'halted', '⏸ HALTED 14 min: Osmosis', ' makes no blocks', null, 'Osmosis'],
    [
      'low:osmosis-1/cosmos1abcd',
      'low',
      '🟡 LOW: wallet cosmos1…abcd on Osmosis',
      ' has 1 OSMO',
      'Osmosis',
      'cosmos1…abcd',
    ],
  ] as const)(
    'is not that of a chain whose name begins so: %s',
    (identity, level, head, tail, group, subject) => {
      const of = { ...message({ level }), identity, headline: head + tail, group, subject, openSinceMs: null }
      of.notice.raisedMs = NOW
      expect(isTold(said(head + tail), of)).toBe(true)
      expect(isTold(said(`${head} Testnet${tail}`), of)).toBe(false)
    },
  )

  it('from its memory proves no worse level', () => {
    const of = {
      ...message({ level: 'expired', basis: 'memory' }),
      headline: `⚫ MAY HAVE EXPIRED 11:58: ${WHO}`,
    }
    expect(isTold(said(`⚫ 9 h left: ${WHO} may expire …`), of)).toBe(false)
    expect(isTold(said(`⚫ MAY HAVE EXPIRED 11:58: ${WHO}`), of)).toBe(true)
  })
})

describe('what a second watcher has called for', () => {
  const TAG = '<@&1>'
  const LINE = `🟠 9 h left: ${WHO}, expires …`
  const isCalled = (seen: SeenMessage[], over: Partial<Notice> = {}, more: Partial<Message> = {}) =>
    calledByStandby({ ...message(over), mention: [TAG], ...more }, NOW, seen)
  const second = (content: string, agoMs?: number, over?: Partial<SeenMessage>) =>
    said(`from the standby: ${content}`, agoMs, over)

  it('calls nobody once more, where all of them were called, for no less', () => {
    expect(isCalled([second(`${LINE} ${TAG}`)])).toBe(true)
    expect(isCalled([second(`${LINE} ${TAG}`, 3 * DAY)])).toBe(true)
    expect(isCalled([second(LINE)])).toBe(false)
    expect(isCalled([second(`🟡 3 d left: ${WHO} ${TAG}`)])).toBe(false)
    expect(isCalled([second(`${LINE} ${TAG}`, MINUTE, { webhookId: null })])).toBe(false)
    expect(isCalled([second(`${LINE} ${TAG}`, MINUTE, { isAnswer: true })])).toBe(false)
    expect(isCalled([second(`🟠 9 h left: Neo ${WHO} ${TAG}`)])).toBe(false)
    // Tagged for another line: of this one it knew from memory alone.
    const lost = { level: 'expired' } as const
    const storm = `🔴 1 expired, ⚫ 1 may have expired on Osmosis ${TAG}\n🔴 EXPIRED: Osmosis 07-tendermint-9.\n⚫ MAY HAVE EXPIRED 11:58: ${WHO}`
    expect(isCalled([second(storm)], lost, { headline: `🔴 EXPIRED: ${WHO}` })).toBe(false)
  })

  it('and was said to be over since, by either, is new', () => {
    const over = said(`🟢 over: ${WHO} was updated`, DAY)
    expect(isCalled([second(`${LINE} ${TAG}`, 2 * DAY), over])).toBe(false)
    expect(isCalled([over, second(`${LINE} ${TAG}`)])).toBe(true)
    const marked = `🟠 2 critical on Osmosis ${TAG}\n🟢 ~~${LINE}~~\n🟠 9 h left: Osmosis 07-tendermint-9`
    expect(isCalled([second(marked, MINUTE, { editedMs: NOW })])).toBe(false)
  })

  it('in a later post of a storm was called for with its first', () => {
    const first = second(
      `🟠 40 critical on Osmosis ${TAG}\n🟠 9 h left: Osmosis 07-tendermint-9`,
      2 * MINUTE + 900,
    )
    const next = second(`Osmosis, continued:\n${LINE}`)
    expect(isCalled([first, next])).toBe(true)
    expect(isCalled([next])).toBe(false)
    expect(isCalled([first, second(LINE)])).toBe(false)
  })

  it('once more a while ago is not called for once more', () => {
    const again = { kind: 'reminder' } as const
    const still = `🟠 still not updated, 9 h left: ${WHO} ${TAG}`
    expect(isCalled([second(still, 20 * MINUTE)], again)).toBe(true)
    expect(isCalled([second(still, DAY)], again)).toBe(false)
    expect(isCalled([second(still, 20 * MINUTE), said(still, MINUTE)], again)).toBe(false)
    // Half of the time that was left then has passed.
    expect(isCalled([second(still, 20 * MINUTE)], again, { deadlineMs: NOW + 19 * MINUTE })).toBe(false)
  })
})
