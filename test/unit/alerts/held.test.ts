// Who has an alert, in its messages: said, changed and taken away again, whatever the messages look like.
import { describe, expect, it } from 'vitest'
import { arrange, composePost, tagsOf } from '../../../src/alerts/compose.ts'
import { acknowledge, step } from '../../../src/alerts/life.ts'
import { holderText, markHeld, markOver } from '../../../src/alerts/mark.ts'
import { commitHolder, commitNotices } from '../../../src/alerts/outbox/commit.ts'
import { prepareEdit, preparePost } from '../../../src/alerts/outbox/prepare.ts'
import { createOutbox } from '../../../src/alerts/outbox/store.ts'
import { type Payload, payload } from '../../../src/alerts/payload.ts'
import { createAlertStore } from '../../../src/alerts/store.ts'
import type { Message } from '../../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { embedSize } from '../../../src/words/limits.ts'
import { aMessage, seen, T0 } from '../../support/alerts.ts'

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

  it('stands first in its embed, once, and goes again without a trace', () => {
    const { sent, shown } = post([aMessage(41)])
    const held = markHeld(sent, shown, 41, TEXT)
    expect(held).toMatchObject({ content: sent.content, embeds: [{ description: `${TEXT}\ndetails` }] })
    expect(held.allowed_mentions).toEqual({ parse: [], roles: [], users: [] })
    const other = markHeld(held, shown, 41, '👀 Bea has it')
    expect(other.embeds[0]!.description).toBe('👀 Bea has it\ndetails')
    expect(markHeld(other, shown, 41, null)).toMatchObject({ content: sent.content, embeds: sent.embeds })
    // Of another alert nothing is said.
    expect(markHeld(sent, shown, 42, TEXT)).toMatchObject({ content: sent.content, embeds: sent.embeds })
    expect(markOver(held, shown, 41, 'over').embeds[0]!.description).toBe('details')
  })

  it('stands in a storm with the one that it is about', () => {
    const { sent, shown } = post([aMessage(1), aMessage(2), aMessage(3, {}, { embed: null })])
    const held = markHeld(markHeld(sent, shown, 2, TEXT), shown, 3, TEXT)
    const at = shown.filter(({ embed }) => embed).findIndex(({ notice }) => notice.alertId === 2)
    expect(held.embeds.map(({ description }, i) => [i === at, description!.includes('👀')])).toEqual([
      [at === 0, at === 0],
      [at === 1, at === 1],
    ])
    expect(held.content.split('\n').filter((line) => line.includes('👀'))).toEqual([
      `🟡 warning: Osmosis 07-tendermint-3 #3 · ${TEXT}`,
    ])
    expect(markHeld(markHeld(held, shown, 3, null), shown, 2, null)).toMatchObject({
      content: sent.content,
      embeds: sent.embeds,
    })
  })

  it('stands behind the line where there are no details, or no room in them', () => {
    const { sent, shown } = post([aMessage(41)])
    const bare = { ...sent, embeds: [] }
    expect(markHeld(bare, shown, 41, TEXT).content).toBe(`${sent.content} · ${TEXT}`)
    expect(markHeld(markHeld(bare, shown, 41, TEXT), shown, 41, null).content).toBe(sent.content)
    const full = post([aMessage(41, {}, { embed: { title: 'x', description: 'y'.repeat(4090) } })])
    const held = markHeld(full.sent, full.shown, 41, TEXT)
    expect(held).toMatchObject({ content: `${full.sent.content} · ${TEXT}`, embeds: full.sent.embeds })
    const long = markHeld({ ...bare, content: 'z'.repeat(1990) }, shown, 41, TEXT)
    expect(long.content).toBe('z'.repeat(1990))
    const tight = post([aMessage(41, {}, { embed: { description: 'y'.repeat(4040) } })])
    const cut = markHeld(tight.sent, tight.shown, 41, TEXT + 'n'.repeat(100))
    expect(cut.embeds[0]!.description!.length).toBeLessThanOrEqual(4096)
    expect(embedSize(cut.embeds[0]!)).toBeLessThanOrEqual(6000)
  })
})

it('of one of a storm that stands in one line alone does not make it over with the other', () => {
  const database = openDatabase(':memory:', { nowMs: T0 })
  const alerts = createAlertStore(database)
  const outbox = createOutbox(database)
  const storm = [1, 2].map((id) => aMessage(id))
  outbox.enqueueStorm('HOOK', [storm], T0)
  const [id] = [...outbox.waiting('HOOK', 'post')]
  const alone = payload('🟡 2 warning on Osmosis', [], [])
  outbox.markSending(id!, storm, alone, T0)
  outbox.markDelivered(id!, '5', T0)
  const opened = (alertId: number) =>
    step(null, seen('warning'), { remindEveryMs: DAY_MS }, T0, () => alertId).after!
  alerts.saveState(storm[0]!.identity, acknowledge(opened(1), ack, T0), T0)
  alerts.saveState(
    storm[1]!.identity,
    step(opened(2), seen('ok'), { remindEveryMs: DAY_MS }, T0, () => 3).after,
    T0,
  )
  commitHolder({ database, alerts }, alerts.openAlerts()[0]!, T0)
  outbox.enqueueEdit('HOOK', id!, [aMessage(2, { kind: 'resolved' })], T0)
  const [edit] = [...outbox.waiting('HOOK', 'edit')]
  expect(prepareEdit(outbox.row(edit!)!, outbox, alerts)).toEqual({ drop: 'its message says so' })
  database.close()
})

it('to and fro while Discord is out is one edit for each alert', () => {
  const database = openDatabase(':memory:', { nowMs: T0 })
  const outbox = createOutbox(database)
  const storm = [1, 2].map((id) => aMessage(id))
  const id = outbox.enqueueStorm('HOOK', [storm], T0)
  const held = storm.map(({ notice }) => aMessage(notice.alertId, { kind: 'held' }))
  for (let i = 0; i < 50; i++) for (const one of held) outbox.enqueueEdit('HOOK', id, [one], T0)
  outbox.enqueueEdit('HOOK', id, [aMessage(2, { kind: 'resolved' })], T0)
  outbox.markDelivered(id, '5', T0)
  const [edit, ...more] = [...outbox.waiting('HOOK', 'edit')]
  expect(more).toEqual([])
  expect(outbox.row(edit!)!.messages.map(({ notice }) => [notice.alertId, notice.kind])).toEqual([
    [1, 'held'],
    [2, 'held'],
    [2, 'resolved'],
  ])
  database.close()
})

it('of one of a storm does not have the rest of the storm tag once more', () => {
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
  outbox.setPayload(first!.id, payload('🟡 15 warning on Osmosis · 👀 Ana has it', [], []))
  expect(whom(second!.id)).toEqual([])
  expect(outbox.row(first!.id)!.payload!.content).toContain('👀')
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

  it('also whoever had it until now, and them alone where it calls nobody', () => {
    expect(tagsOf([aMessage(1, { ackedBy: '7' })])).toEqual(['<@&100>', '<@7>'])
    expect(tagsOf([aMessage(1, { ackedBy: '7', mention: false })])).toEqual(['<@7>'])
  })
})
