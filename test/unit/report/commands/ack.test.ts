// `ack` and `unack`: what is read of a typed time, who may, what is answered, and what is kept.
import { describe, expect, it } from 'vitest'
import { createActs } from '../../../../src/alerts/acknowledge.ts'
import { createReports } from '../../../../src/alerts/report.ts'
import { createAlertStore } from '../../../../src/alerts/store.ts'
import type { Level } from '../../../../src/alerts/types.ts'
import { splitArgs } from '../../../../src/discord/arguments.ts'
import type { Call } from '../../../../src/discord/command.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/kernel/duration.ts'
import { readAck } from '../../../../src/report/commands/ack.ts'
import { openDatabase } from '../../../../src/storage/database.ts'
import { aMessage, seen } from '../../../support/alerts.ts'
import { NOW, textOf } from '../../../support/client-rows.ts'
import { client, commandsOf, refusal, run } from '../../../support/report-commands.ts'

const typed = (text: string) => {
  const { time, note } = splitArgs(
    commandsOf({}).find(({ name }) => name === 'ack')!,
    `41 ${text}`,
    (one) => one,
  )
  return readAck({ time, note }, false)
}
const inWords = async (read: () => unknown) => refusal((async () => read())())

describe('the time that is typed', () => {
  it.each([
    ['2h new key on the way', 2 * HOUR_MS, 'new key on the way'],
    ['new key', 6 * HOUR_MS, 'new key'],
    ['', 6 * HOUR_MS, null],
    ['1h 30m key', 1.5 * HOUR_MS, 'key'],
    ['2 hours, key', 6 * HOUR_MS, null],
    ['2 hours key', 2 * HOUR_MS, 'key'],
    ['90min', 1.5 * HOUR_MS, null],
    ['7d', 7 * DAY_MS, null],
    ['1w', 7 * DAY_MS, null],
    ['tomorrow the vote ends', 6 * HOUR_MS, 'tomorrow the vote ends'],
    ['07-tendermint-1 is being updated', 6 * HOUR_MS, '07-tendermint-1 is being updated'],
    ['for 2h key', 2 * HOUR_MS, 'key'],
    ['until the vote ends', 6 * HOUR_MS, 'until the vote ends'],
    ['"on it"', 6 * HOUR_MS, 'on it'],
    ['1d\n@everyone', DAY_MS, '@everyone'],
  ])('%s', async (text, forMs, note) => {
    if (note === null && text.includes(','))
      return expect(await inWords(() => typed(text))).toContain('for how long')
    expect(typed(text)).toEqual({ forMs, isCut: false, note })
  })

  it.each([
    '0',
    'yesterday',
    '-2h',
    '18:00',
    '2026-11-28',
    '30',
    '2h30',
    '1.5.2h',
    'tonight',
    '2 validators',
    'until 18:00',
    'for 2h30 key',
    '1'.repeat(4000),
  ])('%s is none', async (text) =>
    expect(await inWords(() => typed(text))).toMatch(/for how long: write a time such as `30m`/),
  )

  it.each(['0h', '5s', '0m'])('%s is too short', async (text) =>
    expect(await inWords(() => typed(text))).toContain('(at least `1m`, at most 7 d; left out: 6 h)'),
  )

  it.each(['1w2d', '1w 2d', '8d', `${'9'.repeat(400)}d`])('%s is cut to seven days', (text) => {
    expect(typed(`${text} key`)).toEqual({ forMs: 7 * DAY_MS, isCut: true, note: 'key' })
  })

  it('is all of the field of a slash command, and the note all of its own', async () => {
    expect(readAck({ time: '2h', note: '30 keys' }, true)).toMatchObject({
      forMs: 2 * HOUR_MS,
      note: '30 keys',
    })
    expect(readAck({ time: ' 1h  30m ' }, true)).toMatchObject({ forMs: 1.5 * HOUR_MS })
    expect(readAck({ note: '0' }, true)).toMatchObject({ forMs: 6 * HOUR_MS, note: '0' })
    for (const time of ['yesterday', 'new', '2h key', '0', '@everyone'])
      expect(await inWords(() => readAck({ time }, true))).toContain('for how long')
  })

  it('cuts a note of 4,000 characters', () => {
    expect(typed(`2h ${'key '.repeat(1000)}`).note!.length).toBeLessThanOrEqual(200)
  })
})

/** A database with alerts at these levels, numbered from 1; about clients of `osmosis-1` of the same numbers. */
function room(...levels: Level[]) {
  const database = openDatabase(':memory:', { nowMs: NOW })
  const alerts = createAlertStore(database)
  const settings = { alerts: { escalate: null } }
  const route = () => [{ webhook: 'HOOK', mention: ['<@&100>'] }]
  const commit = createReports({ database, alerts, route, settings, committed: () => {} })
  const see = (id: number, level: Level, more = {}, nowMs = NOW) =>
    commit(nowMs, (report) =>
      report(`ibc:osmosis-1/07-tendermint-${id}`, seen(level, more), { remindEveryMs: DAY_MS }, (notice) =>
        aMessage(notice.alertId, notice),
      ),
    )
  for (const [index, level] of levels.entries()) see(index + 1, level)
  database.run("INSERT INTO webhooks (name, channel_id) VALUES ('HOOK', '555')")
  const world = {
    acts: createActs({ database, alerts, committed: () => {} }),
    clients: levels.map((_, index) => client(`07-tendermint-${index + 1}`, DAY_MS)),
  }
  const command = (name: string, args: object, call: Partial<Call> = {}, escalateAfterMs?: number) =>
    run({ ...world, escalateAfterMs, open: alerts.openAlerts() }, name, args, call)
  return {
    alerts,
    see,
    command,
    state: (id: number) => alerts.loadState(`ibc:osmosis-1/07-tendermint-${id}`)!,
  }
}

const bob = { userId: '8', name: 'Bob', roleIds: [], isAdmin: false, joinedAtMs: null, pending: false }

describe('ack', () => {
  it('keeps who has it, and says until when, about what and how it is given back', async () => {
    const { command, state } = room('critical')
    const text = textOf(await command('ack', { alert: 1, time: '2h', note: 'new key' }))
    expect(text).toMatch(
      /^👀 <@2> has #1 \(critical, Osmosis 07-tendermint-1 \(tracks Cosmos Hub\)\) until <t:\d+:f>, <t:\d+:R>: new key\n.*`\$unack 1`/,
    )
    expect(state(1).ack).toEqual({
      userId: '2',
      name: 'ann',
      atMs: NOW,
      untilMs: NOW + 2 * HOUR_MS,
      level: 'critical',
      note: 'new key',
    })
    expect(textOf(await command('alerts', {}))).toContain('👀 <@2> has it until')
    expect(textOf(await command('alerts', {}))).toContain(': new key')
  })

  it('takes over what another has, and says so; the own is prolonged', async () => {
    const { command, state } = room('critical')
    await command('ack', { alert: 1 })
    expect(textOf(await command('ack', { alert: 1 }))).toContain('you had it already')
    expect(textOf(await command('ack', { alert: 1 }, { caller: bob }))).toContain('taken over from <@2>')
    expect(state(1).ack).toMatchObject({ userId: '8', name: 'Bob' })
    expect(textOf(await command('unack', { alert: 1 }))).toContain('(<@8> had it)')
    expect(state(1)).toMatchObject({ ack: null, calledMs: NOW })
    expect(await refusal(command('unack', { alert: 1 }))).toMatch(/^Nobody has #1\. `\$ack 1`/)
  })

  it('that is given back says what comes, and promises no reminder of what is told once', async () => {
    const { command } = room('critical', 'expired')
    await command('ack', { alert: 1 })
    expect(textOf(await command('unack', { alert: 1 }))).toMatch(/: the reminders that it has come again\.$/)
    await command('ack', { alert: 2 })
    const given = textOf(await command('unack', { alert: 2 }))
    expect(given).toMatch(/: that it is expired was told, and no reminder of that comes\.$/)
    await command('ack', { alert: 2 })
    const called = textOf(await command('unack', { alert: 2 }, {}, 15 * MINUTE_MS))
    expect(called).toContain(
      `It is escalated <t:${(NOW + 15 * MINUTE_MS) / 1000}:R> if nobody acknowledges it.`,
    )
  })

  it('pings nobody, whatever the note and the name are', async () => {
    const { command } = room('critical')
    const note = '@everyone <@&100> <@7> https://evil.example **x**'
    const caller = { ...bob, name: '<@&100>\n@here' }
    const reply = await command('ack', { alert: 1, time: '2h', note }, { caller })
    expect(reply.mentions).toBeUndefined()
    expect(textOf(reply)).toContain('\\@everyone \\<\\@&100\\>')
    expect(textOf(await command('alerts', {}))).not.toMatch(/[^\\]@everyone|<@&100>/)
  })

  it('of what is not open says what to do', async () => {
    const { command, see } = room('critical', 'warning')
    see(2, 'ok')
    see(3, 'expired', { first: true })
    for (const name of ['ack', 'unack']) {
      expect(await refusal(command(name, { alert: 99 }))).toBe(
        'There is no alert #99. `$alerts` lists what is open.',
      )
      expect(await refusal(command(name, { alert: 2 }))).toMatch(/^#2 is over already\. `\$alerts`/)
      expect(await refusal(command(name, { alert: 3 }))).toMatch(/^#3 was past saving when I first saw it/)
    }
  })

  it('is for whoever may write where the alert stands', async () => {
    const { command, state } = room('critical')
    const asked: string[] = []
    const as = (may: boolean | null) => ({
      mayWriteIn: async (id: string) => {
        asked.push(id)
        return may
      },
    })
    expect(await refusal(command('ack', { alert: 1 }, as(false)))).toBe(
      'Only who may write in <#555>, where #1 stands, can do this.',
    )
    expect(await refusal(command('ack', { alert: 1 }, as(null)))).toContain('I cannot tell now who that is')
    expect(await refusal(command('unack', { alert: 1 }, as(false)))).toContain('<#555>')
    expect(asked).toEqual(['555', '555', '555'])
    expect(state(1).ack).toBeNull()
  })

  it('ends when it gets worse, and when its time is over: who had it is tagged', async () => {
    const { command, see, state } = room('warning')
    await command('ack', { alert: 1, time: '2h' })
    see(1, 'warning', {}, NOW + 2 * HOUR_MS - MINUTE_MS)
    expect(state(1).ack).not.toBeNull()
    see(1, 'warning', {}, NOW + 2 * HOUR_MS)
    expect(state(1)).toMatchObject({ ack: null, hadBy: '2' })
  })
})
