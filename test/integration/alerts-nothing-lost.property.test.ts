// Any story of readings, outages, lost answers, webhooks that vanish and restarts: in the end the channel knows what
// is open and what is over, and nothing stands there twice.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { step } from '../../src/alerts/life.ts'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createDelivery } from '../../src/alerts/outbox/deliver.ts'
import type { SeenMessage } from '../../src/alerts/outbox/seen.ts'
import { type Send, SendError } from '../../src/alerts/outbox/send.ts'
import { createOutbox } from '../../src/alerts/outbox/store.ts'
import type { Payload } from '../../src/alerts/payload.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import type { Level, Message, Notice } from '../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { RANK } from '../../src/words/levels.ts'
import { aMessage, seen, T0 } from '../support/alerts.ts'

const LEVELS: Level[] = ['ok', 'warning', 'critical', 'expired', 'frozen']
const FAULTS = [
  'fine',
  'fine',
  '503',
  'lost',
  'unreachable',
  '429',
  'gone',
  'proxy',
  'forum',
  'login page',
  'accepted without an id',
] as const

type Event =
  | { kind: 'sweep'; levels: Record<number, number> }
  | { kind: 'faults'; faults: (typeof FAULTS)[number][] }
  | { kind: 'pass'; ms: number }
  | { kind: 'restart' }
  /** From now on every edit fails, or none. */
  | { kind: 'edits'; fail: boolean }

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('sweep' as const),
      levels: fc.dictionary(fc.constantFrom('0', '1', '2', '3'), fc.integer({ min: 0, max: 4 }), {
        minKeys: 1,
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('faults' as const),
      faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.constantFrom(1000, MINUTE_MS, HOUR_MS, DAY_MS),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edits' as const), fail: fc.boolean() }) },
)

it('nothing is lost and nothing is told twice', async () => {
  await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 25, size: 'max' }), play), {
    numRuns: 200,
  })
})

async function play(events: Event[]): Promise<void> {
  const clock = new ManualClock(T0)
  const database = openDatabase(':memory:', { nowMs: T0 })
  const alerts = createAlertStore(database)
  const logger = createLogger('silent')
  const channel: (SeenMessage & { original: string })[] = []
  const told: Notice[] = []
  let faults: (typeof FAULTS)[number][] = []

  let editsFail = false

  const send: Send = async ({ method, url, body }) => {
    if (method === 'PATCH' && editsFail) return { status: 500, headers: {}, body: '' }
    if (method === 'GET') return { status: 200, headers: {}, body: { id: '900', channel_id: '777' } }
    const fault = faults.shift() ?? 'fine'
    if (fault === '503') return { status: 503, headers: {}, body: '<html>' }
    if (fault === '429') return { status: 429, headers: {}, body: { retry_after: 2 } }
    if (fault === 'gone') return { status: 404, headers: {}, body: { code: 10015 } }
    if (fault === 'proxy') return { status: 400, headers: {}, body: '<html>' }
    if (fault === 'forum') return { status: 400, headers: {}, body: { code: 220001 } }
    if (fault === 'login page') return { status: 200, headers: {}, body: '<html>' }
    if (fault === 'unreachable') throw new SendError('ECONNREFUSED', 'no')
    const { content, embeds } = body as Payload
    const edited = channel.find(({ id }) => url.endsWith(`/messages/${id}`))
    if (edited) Object.assign(edited, { content, embeds })
    else
      channel.push({ id: String(channel.length + 1), content, embeds, webhookId: '900', original: content })
    if (fault === 'lost') throw new SendError('reset', 'perhaps')
    if (fault === 'accepted without an id') return { status: 204, headers: {}, body: null }
    return { status: 200, headers: {}, body: { id: edited?.id ?? String(channel.length), channel_id: '777' } }
  }
  const start = () => {
    const made = createDelivery({
      database,
      clock,
      logger,
      webhooks: { W: 'http://discord.test/webhooks/900/token' },
      send,
      readChannel: async () => structuredClone(channel),
      random: () => 1,
    })
    made.start()
    return made
  }
  let delivery = start()

  const sweep = (levels: Record<number, number>) => {
    const messages: Message[] = []
    database.tx(() => {
      for (const [thing, level] of Object.entries(levels)) {
        const identity = `ibc:osmosis-1/07-tendermint-${thing}`
        const before = alerts.loadState(identity)
        const observation = seen(LEVELS[level]!, { first: before === null })
        const { after, notices } = step(
          before,
          observation,
          { remindEveryMs: DAY_MS },
          clock.now(),
          alerts.allocateId,
        )
        alerts.saveState(identity, after, clock.now())
        for (const notice of notices) {
          told.push(notice)
          const over = notice.kind === 'resolved' || notice.kind === 'recovered'
          // Each notice has words of its own, so that it is known again in the channel.
          const headline = `n${told.length}n ${notice.kind} ${notice.level}`
          messages.push(
            aMessage(notice.alertId, notice, { identity, headline, ...(over ? { embed: null } : {}) }),
          )
        }
      }
      commitNotices(database, messages, ({ mention }) => [{ webhook: 'W', mention }], clock.now())
    })
    delivery.kick()
  }

  for (const event of events) {
    if (event.kind === 'sweep') sweep(event.levels)
    if (event.kind === 'faults') faults = [...event.faults]
    if (event.kind === 'edits') editsFail = event.fail
    if (event.kind === 'pass') await clock.advance(event.ms)
    if (event.kind === 'restart') {
      const stopped = delivery.stop(0)
      await clock.advance(0)
      await stopped
      delivery = start()
    }
  }
  faults = []
  const settle = async () => {
    await delivery.flush()
    for (let i = 0; i < 20; i++) {
      await clock.advance(10 * MINUTE_MS)
      await delivery.flush()
    }
  }
  // Whatever becomes of the edits, the posts come.
  await settle()
  expect([...createOutbox(database).waiting('W', 'post')]).toEqual([])
  editsFail = false
  await settle()

  expect(delivery.status().waiting).toBe(0)
  const posts = channel.map(({ original }) => original)
  const shown = (index: number) => posts.filter((content) => content.includes(`n${index + 1}n `)).length
  for (const [index, { kind }] of told.entries()) {
    // What is over is told exactly once; an alarm once, or not at all when it was over or outdated by then.
    if (kind === 'resolved' || kind === 'recovered') expect(shown(index)).toBe(1)
    else expect(shown(index)).toBeLessThanOrEqual(1)
  }
  for (const { state } of alerts.openAlerts()) {
    // Whoever reads the channel knows of it, and of nothing less bad than it is.
    const about = [...told.entries()].filter(
      ([, notice]) => notice.alertId === state.alertId && notice.kind !== 'quiet',
    )
    const known = about.some(([index, { level }]) => shown(index) === 1 && RANK[level] >= RANK[state.level])
    if (about.length > 0) expect(known).toBe(true)
  }
  const open = new Set(alerts.openAlerts().map(({ state }) => state.alertId))
  for (const message of channel) {
    // A message that says 🟢 over names nothing that is still open.
    if (!message.content.startsWith('🟢 over')) continue
    for (const embed of message.embeds as Payload['embeds']) {
      const number = Number(/#(\d+)/.exec(embed.footer!.text)![1])
      expect(open.has(number)).toBe(false)
    }
  }
  const stopped = delivery.stop(0)
  await clock.advance(0)
  await stopped
  database.close()
}
