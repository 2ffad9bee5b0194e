// The alert states and the outbox in a real database.
import { beforeEach, describe, expect, it } from 'vitest'
import { acknowledge, step } from '../../../src/alerts/life.ts'
import { commitNotices } from '../../../src/alerts/outbox/commit.ts'
import { isStillTrue } from '../../../src/alerts/outbox/prepare.ts'
import { createOutbox } from '../../../src/alerts/outbox/store.ts'
import { createAlertStore } from '../../../src/alerts/store.ts'
import type { AlertState, Level } from '../../../src/alerts/types.ts'
import { createLogger } from '../../../src/kernel/logger.ts'
import { type Database, openDatabase } from '../../../src/storage/database.ts'
import { aMessage, seen, T0 } from '../../support/alerts.ts'

let database: Database
let log: string[]

beforeEach(() => {
  database = openDatabase(':memory:', { nowMs: T0 })
  log = []
})

const store = () =>
  createAlertStore(database, createLogger('info', [], { write: (line) => void log.push(line) }))

function open(level: Level, alertId: number): AlertState {
  return step(null, seen(level), { remindEveryMs: 1 }, T0, () => alertId).after!
}

describe('alert states', () => {
  it('come back as they were, acknowledgement included', () => {
    const alerts = store()
    const acked = acknowledge(open('critical', 41), { userId: '7', untilMs: T0 + 5, note: 'mine' }, T0)!
    alerts.saveState('a', open('warning', 40), T0)
    alerts.saveState('a', acked, T0)
    expect(alerts.loadState('a')).toEqual(acked)
    expect(alerts.loadState('b')).toBeNull()
    alerts.saveState('b', null, T0)
    expect(alerts.loadState('b')).toBeNull()
  })

  it('are listed by prefix, to the letter', () => {
    const alerts = store()
    for (const identity of ['ibc:a_b/1', 'ibc:a_b/2', 'ibc:axb/1', 'ibc:a_b', 'ibc:a_c/1'])
      alerts.saveState(identity, step(null, seen('ok'), { remindEveryMs: 1 }, T0, () => 1).after, T0)
    expect([...alerts.loadStates('ibc:a_b/').keys()]).toEqual(['ibc:a_b/1', 'ibc:a_b/2'])
  })

  it('list what is open, by number', () => {
    const alerts = store()
    alerts.saveState('b', open('warning', 2), T0)
    alerts.saveState('a', open('expired', 10), T0)
    alerts.saveState('c', step(null, seen('ok'), { remindEveryMs: 1 }, T0, () => 3).after, T0)
    expect(alerts.openAlerts().map(({ identity }) => identity)).toEqual(['b', 'a'])
  })

  it('never share a number: the database refuses', () => {
    const alerts = store()
    alerts.saveState('a', open('warning', 1), T0)
    expect(() => alerts.saveState('b', open('warning', 1), T0)).toThrow(/UNIQUE/)
  })

  it('that cannot be understood are left out and logged, the others stay', () => {
    const alerts = store()
    alerts.saveState('a', open('warning', 1), T0)
    alerts.saveState('b', open('warning', 2), T0)
    database.sql.exec(`UPDATE alert_states SET state = '{"level":"purple"}' WHERE identity = 'a'`)
    expect(alerts.loadState('a')).toBeNull()
    expect(alerts.openAlerts().map(({ identity }) => identity)).toEqual(['b'])
    expect(log[0]).toContain('"identity":"a"')
  })

  it('count numbers upwards, and take none back but by a rollback', () => {
    const alerts = store()
    expect([alerts.allocateId(), alerts.allocateId()]).toEqual([1, 2])
    const rollback = () =>
      database.tx(() => {
        alerts.allocateId()
        throw new Error('no')
      })
    expect(rollback).toThrow('no')
    expect(store().allocateId()).toBe(3)
  })
})

describe('the outbox', () => {
  const commit = (...messages: ReturnType<typeof aMessage>[]) =>
    commitNotices(database, messages, ({ mention }) => [{ webhook: 'W', mention }], T0)

  it('forgets what was settled long ago, but not what an open alert will need', () => {
    const outbox = createOutbox(database)
    store().saveState('open', open('warning', 1), T0)
    commit(aMessage(1))
    commit(aMessage(2))
    commit(aMessage(3))
    outbox.markDelivered(1, 'm1', T0)
    outbox.markDelivered(2, 'm2', T0)
    expect(outbox.prune(T0)).toBe(0)
    expect(outbox.prune(T0 + 1)).toBe(1)
    expect([1, 2, 3].map((id) => outbox.row(id)?.id ?? null)).toEqual([1, null, 3])
    expect(outbox.alarms(2, 'W')).toEqual([])
  })

  it('puts nobody into the mention of what calls nobody', () => {
    commitNotices(
      database,
      [aMessage(1, { mention: false })],
      () => [{ webhook: 'W', mention: ['<@&1>'] }],
      T0,
    )
    expect(createOutbox(database).row(1)!.messages[0]!.mention).toEqual([])
  })

  it('edits a message once for all of its alerts that end together', () => {
    commit(aMessage(1), aMessage(2))
    commit(...[1, 2].map((id) => aMessage(id, { kind: 'resolved', level: 'ok' })))
    const rows = [1, 2, 3].map((id) => createOutbox(database).row(id)!)
    expect(rows.map(({ kind, targetId, messages }) => [kind, targetId, messages.length])).toEqual([
      ['post', null, 2],
      ['post', null, 2],
      ['edit', 1, 2],
    ])
  })
})

describe('whether a row is still true', () => {
  const alarm = (rowId: number, level: Level, delivered = false) => ({ rowId, level, delivered })
  const now = (level: Level, alertId: number | null = 41) => ({ ...open('warning', 41), level, alertId })

  it.each<[string, AlertState | null, ReturnType<typeof alarm>[], number | null]>([
    ['the only one', now('warning'), [alarm(1, 'warning')], 1],
    ['over', now('ok', null), [alarm(1, 'warning')], null],
    ['over, and another alert by now', now('warning', 50), [alarm(1, 'warning')], null],
    ['not known', null, [alarm(1, 'warning')], 1],
    ['a later one at this level', now('warning'), [alarm(1, 'warning'), alarm(2, 'warning')], 2],
    ['worse by now', now('critical'), [alarm(1, 'warning'), alarm(2, 'critical')], 2],
    ['back to a level that waits', now('warning'), [alarm(1, 'warning'), alarm(2, 'critical')], 1],
    [
      'back to a level that was told',
      now('warning'),
      [alarm(1, 'warning', true), alarm(2, 'critical')],
      null,
    ],
    ['back to a level that was never told', now('warning'), [alarm(1, 'critical'), alarm(2, 'critical')], 2],
    ['the same level told again', now('critical'), [alarm(1, 'critical', true), alarm(2, 'critical')], 2],
  ])('%s', (_, state, alarms, kept) => {
    const waiting = alarms.filter(({ delivered }) => !delivered)
    const still = waiting.filter(({ rowId, level }) =>
      isStillTrue(aMessage(41, { level }), rowId, state, alarms),
    )
    expect(still.map(({ rowId }) => rowId)).toEqual(kept === null ? [] : [kept])
  })

  it.each([
    ['that somebody has', 'warning', true, []],
    ['that nobody has', 'warning', false, [2]],
    // Somebody took what it had become by then: the channel has not heard of that.
    ['that somebody has, and that is worse than what was told', 'critical', true, [3]],
  ] as const)('says nothing again %s', (_, level, isHeld, kept) => {
    const state = now(level)
    const ack = isHeld ? { userId: '7', atMs: T0, untilMs: T0 + 5, level, note: null } : null
    for (const kind of ['escalated', 'reminder'] as const) {
      const alarms = [alarm(1, 'warning', true), alarm(2, level), alarm(3, level)].slice(
        0,
        level === 'warning' ? 2 : 3,
      )
      const waiting = alarms.filter(({ delivered }) => !delivered)
      const still = waiting.filter(({ rowId }) => {
        const of = rowId === 3 || level === 'warning' ? kind : 'raised'
        return isStillTrue(aMessage(41, { level, kind: of }), rowId, { ...state, ack }, alarms)
      })
      expect(still.map(({ rowId }) => rowId)).toEqual(kept)
    }
  })

  it('always for what is over, and for the first look while it is open', () => {
    expect(isStillTrue(aMessage(41, { kind: 'resolved', level: 'ok' }), 1, now('ok', null), [])).toBe(true)
    const quiet = aMessage(41, { kind: 'quiet', level: 'expired' })
    expect(isStillTrue(quiet, 1, now('expired'), [])).toBe(true)
    expect(isStillTrue(quiet, 1, now('ok', null), [])).toBe(false)
  })
})
