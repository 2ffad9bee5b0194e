// Who has an alert, in its messages: said, changed and taken away again, whatever the messages look like.
import { describe, expect, it } from 'vitest'
import { arrange, composePost, tagsOf } from '../../../src/alerts/compose.ts'
import { acknowledge, giveBack, step } from '../../../src/alerts/life.ts'
import { holderText, render } from '../../../src/alerts/mark.ts'
import { commitHolder, commitNotices } from '../../../src/alerts/outbox/commit.ts'
import { prepareEdit, preparePost } from '../../../src/alerts/outbox/prepare.ts'
import { createOutbox } from '../../../src/alerts/outbox/store.ts'
import { type Payload, payload } from '../../../src/alerts/payload.ts'
import { stageNotices } from '../../../src/alerts/standby/stage.ts'
import { createAlertStore } from '../../../src/alerts/store.ts'
import type { Message } from '../../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { embedSize } from '../../../src/words/limits.ts'
import { aMessage, became, seen, T0 } from '../../support/alerts.ts'

const post = (messages: Message[]): { sent: Payload; shown: Message[] } => {
  const [storm] = arrange(messages)
  const [shown] = storm!
  return {
    shown: shown!,
    sent: composePost(shown!, { storm: shown!, tags: tagsOf(shown!), continued: false }, T0),
  }
}
const ack = {
  userId: '7',
  name: 'Ana',
  atMs: T0,
  untilMs: T0 + 8 * HOUR_MS,
  level: 'critical',
  note: 'new key on the way',
} as const
const TEXT = '👀 Ana has it until 18:00 UTC: new key on the way'

describe('who has an alert', () => {
  it('is a line with the time and the note, harmless whatever they are', () => {
    expect(holderText(ack)).toBe(TEXT)
    expect(holderText({ ...ack, name: undefined, note: null })).toBe('👀 <@7> has it until 18:00 UTC')
    expect(holderText({ ...ack, untilMs: T0 + DAY_MS })).toContain('until Sat 21 Nov 10:00 UTC')
    const hostile = holderText({
      ...ack,
      name: '@here <@&1>\n# x',
      note: '<@&100> @everyone\n**x** https://x.example',
    })
    expect(hostile).not.toMatch(/\n|<@|[^\\]@|\*\*x|https:/)
    expect(holderText({ ...ack, note: 'x'.repeat(4000) }).length).toBeLessThan(300)
  })

  it('stands first in its embed, and not where it is over', () => {
    const { sent, shown } = post([aMessage(41)])
    const held = render(sent, became(shown, { 41: { held: TEXT } }))
    expect(held).toMatchObject({ content: sent.content, embeds: [{ description: `${TEXT}\ndetails` }] })
    expect(held.allowed_mentions).toEqual({ parse: [], roles: [], users: [] })
    const seen = render(sent, became(shown, { 41: { as: 'seen', title: 'seen', held: TEXT } }))
    expect(seen.content).toMatch(/^⚪ seen since: /)
    expect(seen.embeds[0]!.description).toBe(`${TEXT}\ndetails`)
  })

  it('stands in a storm with the one that it is about', () => {
    const { sent, shown } = post([aMessage(1), aMessage(2), aMessage(3, {}, { embed: null })])
    const held = render(sent, became(shown, { 2: { held: TEXT }, 3: { held: TEXT } }))
    const at = shown.filter(({ embed }) => embed).findIndex(({ notice }) => notice.alertId === 2)
    expect(held.embeds.map(({ description }, i) => [i === at, description!.includes('👀')])).toEqual([
      [at === 0, at === 0],
      [at === 1, at === 1],
    ])
    expect(held.content.split('\n').filter((line) => line.includes('👀'))).toEqual([
      `🟡 warning: Osmosis 07-tendermint-3 #3 · ${TEXT}`,
    ])
  })

  it('stands behind the line where there are no details, or no room in them', () => {
    const { sent, shown } = post([aMessage(41)])
    const of = became(shown, { 41: { held: TEXT } })
    const bare = { ...sent, embeds: [] }
    expect(render(bare, of).content).toBe(`${sent.content} · ${TEXT}`)
    const full = post([aMessage(41, {}, { embed: { title: 'x', description: 'y'.repeat(4090) } })])
    const held = render(full.sent, became(full.shown, { 41: { held: TEXT } }))
    expect(held).toMatchObject({ content: `${full.sent.content} · ${TEXT}`, embeds: full.sent.embeds })
    expect(render({ ...bare, content: 'z'.repeat(1990) }, of).content).toBe('z'.repeat(1990))
    const tight = post([aMessage(41, {}, { embed: { description: 'y'.repeat(4040) } })])
    const cut = render(tight.sent, became(tight.shown, { 41: { held: TEXT + 'n'.repeat(100) } }))
    expect(cut.embeds[0]!.description!.length).toBeLessThanOrEqual(4096)
    expect(embedSize(cut.embeds[0]!)).toBeLessThanOrEqual(6000)
  })
})

describe('an edit', () => {
  /** A storm of two in one post, which was delivered; what its edit looks like then. */
  const storm = () => {
    const database = openDatabase(':memory:', { nowMs: T0 })
    const [alerts, outbox] = [createAlertStore(database), createOutbox(database)]
    const [shown] = arrange([aMessage(1), aMessage(2)])[0]!
    outbox.enqueueStorm('HOOK', [shown!], T0)
    const [id] = [...outbox.waiting('HOOK', 'post')]
    outbox.markSending(id!, shown!, post(shown!).sent, T0)
    outbox.markDelivered(id!, '5', T0)
    const is = (alertId: number, level: 'warning' | 'ok') => {
      const policy = { remindEveryMs: DAY_MS }
      const opened = step(null, seen('warning'), policy, T0, () => alertId).after!
      const after = level === 'ok' ? step(opened, seen('ok'), policy, T0, () => 9).after! : opened
      alerts.saveState(shown![alertId - 1]!.identity, after, T0)
      return { identity: shown![alertId - 1]!.identity, state: after }
    }
    const edit = () => {
      const row = outbox.row([...outbox.waiting('HOOK', 'edit')].at(-1)!)!
      const prepared = prepareEdit(row, outbox, alerts)
      return { row, ...('payload' in prepared ? prepared.payload : prepared) }
    }
    return { database, alerts, outbox, id: id!, is, edit }
  }

  it('says who has it, who has it then, and nothing when nobody has it any more', () => {
    const { database, alerts, outbox, is, edit } = storm()
    const { identity, state } = is(1, 'warning')
    const has = (by: string | null) => {
      const after =
        by === null ? giveBack(alerts.loadState(identity)!, T0) : acknowledge(state, { ...ack, name: by }, T0)
      alerts.saveState(identity, after, T0)
      commitHolder({ database, alerts }, 1, T0)
      return edit()
    }
    for (const name of ['Ana', 'Bea']) {
      const { row, ...now } = has(name)
      expect(now).toMatchObject({
        embeds: [{ description: expect.stringContaining(`👀 ${name} has it`) }, {}],
      })
      outbox.markSending(row.id, row.messages, now as Payload, T0)
      outbox.markDelivered(row.id, null, T0)
    }
    expect(has(null)).toMatchObject({ embeds: [{ description: 'details' }, {}] })
    database.close()
  })

  it('is taken away again also where nobody knows whether the edit that said it was accepted', () => {
    const { database, alerts, outbox, is, edit } = storm()
    const { identity, state } = is(1, 'warning')
    alerts.saveState(identity, acknowledge(state, ack, T0)!, T0)
    commitHolder({ database, alerts }, 1, T0)
    const { row, ...now } = edit()
    outbox.markSending(row.id, row.messages, now as Payload, T0)
    outbox.markRefused(row.id, 'no answer')
    alerts.saveState(identity, state, T0)
    commitHolder({ database, alerts }, 1, T0)
    expect(edit()).toMatchObject({ embeds: [{ description: 'details' }, {}] })
    database.close()
  })

  it('of one that is withdrawn does not make it green, though no edit is left that said so', () => {
    const { database, alerts, outbox, id, is, edit } = storm()
    const { identity, state } = is(1, 'warning')
    const policy = { remindEveryMs: DAY_MS }
    const none = seen('warning', { about: false, mention: false })
    alerts.saveState(identity, step(state, none, policy, T0, () => 9).after!, T0)
    is(2, 'ok')
    outbox.enqueueEdit('HOOK', id, [aMessage(2, { kind: 'resolved' })], T0)
    expect(edit()).toMatchObject({
      content: expect.stringMatching(/^⚪ withdrawn: .*\n⚪\ufe0f ~~.*#1~~\n🟢 ~~.*#2~~$/),
    })
    database.close()
  })

  it('of one does not make it over with the other; what is over in the database is, though no edit is left that said so', () => {
    const { database, outbox, id, is, edit } = storm()
    is(1, 'warning')
    is(2, 'ok')
    outbox.enqueueEdit('HOOK', id, [aMessage(2, { kind: 'resolved' })], T0)
    expect(edit()).toMatchObject({ content: expect.stringMatching(/^🟡 2 warning.*\n🟡.*#1\n🟢 ~~.*#2~~$/) })
    is(1, 'ok')
    outbox.enqueueEdit('HOOK', id, [aMessage(2, { kind: 'resolved' })], T0)
    expect(edit()).toMatchObject({
      content: expect.stringMatching(/^🟢 over: .*\n🟢 ~~.*#1~~\n🟢 ~~.*#2~~$/),
    })
    database.close()
  })

  it('is kept as long as its message, which is as it was sent', () => {
    const { database, outbox, id, is, edit } = storm()
    is(1, 'warning')
    is(2, 'ok')
    const before = outbox.row(id)!.payload
    outbox.enqueueEdit('HOOK', id, [aMessage(2, { kind: 'resolved' })], T0)
    const { row, ...now } = edit()
    outbox.markSending(row.id, row.messages, now as Payload, T0)
    outbox.markDelivered(row.id, null, T0)
    expect(outbox.row(id)!.payload).toEqual(before)
    expect(outbox.prune(T0 + DAY_MS)).toBe(0)
    is(1, 'ok')
    // First the edits, then what they edited.
    expect([outbox.prune(T0 + DAY_MS), outbox.prune(T0 + DAY_MS)]).toEqual([1, 1])
    database.close()
  })
})

it('to and fro while Discord is out is one edit, though more is over in its message', () => {
  const database = openDatabase(':memory:', { nowMs: T0 })
  const outbox = createOutbox(database)
  const storm = [1, 2].map((id) => aMessage(id))
  const id = outbox.enqueueStorm('HOOK', [storm], T0)
  outbox.markSending(id, storm, post(storm).sent, T0)
  outbox.markDelivered(id, '5', T0)
  for (let i = 0; i < 100; i++) outbox.enqueueEdit('HOOK', id, [], T0)
  outbox.enqueueEdit('HOOK', id, [aMessage(2, { kind: 'resolved' })], T0)
  const waiting = () => [...outbox.waiting('HOOK', 'edit')].map((edit) => outbox.row(edit)!)
  const [edit, ...more] = waiting()
  expect(more).toEqual([])
  const prepared = prepareEdit(edit!, outbox, createAlertStore(database))
  expect(prepared).toMatchObject({ payload: { content: expect.stringMatching(/\n🟢 ~~.*#2~~$/) } })
  outbox.markSending(edit!.id, edit!.messages, payload('x', [], []), T0 + 1000)
  const lastId = outbox.lastId()
  // While it is on its way, and by a clock that went back.
  outbox.enqueueEdit('HOOK', id, [aMessage(1, { kind: 'resolved' })], T0 - DAY_MS)
  outbox.markEditsSaid(edit!.id, lastId, T0 + 3000)
  outbox.markDelivered(edit!.id, null, T0 + 3000)
  expect(waiting().map(({ createdMs }) => createdMs)).toEqual([T0 - DAY_MS])
  database.close()
})

it('the rest of a storm tags whom its first post has not tagged, also when that was edited', () => {
  const database = openDatabase(':memory:', { nowMs: T0 })
  const outbox = createOutbox(database)
  const alerts = createAlertStore(database)
  const storm = arrange(Array.from({ length: 15 }, (_, i) => aMessage(i + 1)))[0]!
  outbox.enqueueStorm('HOOK', storm, T0)
  const [first, second] = [...outbox.waiting('HOOK', 'post')].map((id) => outbox.row(id)!)
  const whom = (id: number) => {
    const prepared = preparePost(outbox.row(id)!, outbox, alerts, T0)
    return 'payload' in prepared && prepared.payload.allowed_mentions.roles
  }
  expect(whom(first!.id)).toEqual(['100'])
  outbox.markSending(first!.id, first!.messages, payload('🟡 15 warning on Osmosis', [], ['<@&100>']), T0)
  outbox.markDelivered(first!.id, '5', T0)
  expect(whom(second!.id)).toEqual([])
  database.close()
})

it('is made of what was told last, however much waits that will not be told any more', () => {
  const database = openDatabase(':memory:', { nowMs: T0 })
  const outbox = createOutbox(database)
  const commit = (kind: 'raised' | 'reminder' | 'resolved') =>
    commitNotices(database, [aMessage(1, { kind })], () => [{ webhook: 'HOOK', mention: [] }], T0)
  for (const kind of ['raised', 'reminder', 'reminder'] as const) commit(kind)
  const told = [...outbox.waiting('HOOK', 'post')]
  for (const id of told) outbox.markDelivered(id, `${id}`, T0)
  for (let i = 0; i < 5; i++) commit('reminder')
  commit('resolved')
  expect([...outbox.waiting('HOOK', 'edit')].map((id) => outbox.row(id)!.targetId)).toEqual(told)
  database.close()
})

describe('whom an alarm tags', () => {
  it('also whom one tags that waits and gives way to it', () => {
    const database = openDatabase(':memory:', { nowMs: T0 })
    const outbox = createOutbox(database)
    const commit = (...messages: Message[]) =>
      commitNotices(database, messages, () => [{ webhook: 'HOOK', mention: ['<@&100>'] }], T0)
    const last = () => outbox.row([...outbox.waiting('HOOK', 'post')].at(-1)!)!
    commit(aMessage(1, { ackedBy: '7' }))
    commit(aMessage(1, { kind: 'escalated' }, { mention: ['<@&200>'] }))
    expect(last().messages[0]!.mention).toEqual(['<@&200>', '<@&100>', '<@7>'])
    for (const id of [...outbox.waiting('HOOK', 'post')]) outbox.markDelivered(id, '5', T0)
    commit(aMessage(1, { kind: 'escalated', level: 'critical' }, { mention: ['<@&200>'] }))
    expect(last().messages[0]!.mention).toEqual(['<@&200>'])
    database.close()
  })

  it('also whom one tags that waits, where the newer one calls nobody itself', () => {
    const database = openDatabase(':memory:', { nowMs: T0 })
    const outbox = createOutbox(database)
    const commit = (...messages: Message[]) =>
      commitNotices(database, messages, () => [{ webhook: 'HOOK', mention: ['<@&100>'] }], T0)
    const last = () => tagsOf(outbox.row([...outbox.waiting('HOOK', 'post')].at(-1)!)!.messages)
    commit(aMessage(1, { level: 'blind' }))
    commit(aMessage(1, { level: 'blind', kind: 'reminder', mention: false }))
    expect(last()).toEqual(['<@&100>'])
    commit(aMessage(1, { level: 'blind', kind: 'reminder', mention: false }))
    expect(last()).toEqual(['<@&100>'])
    for (let i = 0; i < 16; i++) commit(aMessage(1, { level: 'blind', kind: 'reminder' }))
    expect(outbox.row(outbox.lastId())!.messages[0]!.mention).toEqual(['<@&100>'])
    for (const id of [...outbox.waiting('HOOK', 'post')]) outbox.markDelivered(id, '5', T0)
    commit(aMessage(1, { level: 'blind', kind: 'reminder', mention: false }))
    expect(last()).toEqual([])
    database.close()
  })

  it('also whom one tags that waits for the word of the first watcher', () => {
    const database = openDatabase(':memory:', { nowMs: T0 })
    const outbox = createOutbox(database)
    const stage = (mention: boolean) =>
      stageNotices(
        database,
        [aMessage(1, { level: 'blind', kind: mention ? 'raised' : 'reminder', mention })],
        () => [{ webhook: 'HOOK', mention: ['<@&100>'] }],
        T0,
      )
    stage(true)
    stage(false)
    const last = outbox.row([...outbox.waiting('standby', 'post')].at(-1)!)!
    expect([last.messages[0]!.notice.mention, tagsOf(last.messages)]).toEqual([true, ['<@&100>']])
    database.close()
  })

  it('also whoever had it until now, and them alone where it calls nobody', () => {
    expect(tagsOf([aMessage(1, { ackedBy: '7' })])).toEqual(['<@&100>', '<@7>'])
    expect(tagsOf([aMessage(1, { ackedBy: '7', mention: false })])).toEqual(['<@7>'])
  })
})
