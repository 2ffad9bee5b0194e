// The pagers' lanes with a real database and real HTTP: in order, resolved, never held up by Discord, and never holding it up.
import { afterEach, describe, expect, it } from 'vitest'
import { json } from '../../sandbox/pagers/http.ts'
import { acknowledge, NO_REMINDERS, step } from '../../src/alerts/life.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { seen } from '../support/alerts.ts'
import { MAIN } from '../support/alerts-delivery.ts'
import { type PagingWorld, startPaging } from '../support/paging.ts'

let world: PagingWorld
const begin = async (...args: Parameters<typeof startPaging>) => {
  world = await startPaging(...args)
}
afterEach(() => world.close())

/** "I have it", as the command keeps it. */
function ack(thing: number, untilMs: number) {
  const identity = `ibc:osmosis-1/07-tendermint-${thing}`
  const by = { userId: '7', name: 'Ana', untilMs, note: 'new key *on* the <@&1> way' }
  const nowMs = world.clock.now()
  world.alerts.saveState(identity, acknowledge(world.alerts.loadState(identity)!, by, nowMs), nowMs)
}

describe('an alert', () => {
  it('is triggered from its level on, acknowledged, and resolved when it is over', async () => {
    await begin(['pagerduty', 'ntfy', 'telegram', 'webhook'])
    await world.see([1, 'warning'])
    expect(world.incidents()).toEqual([])
    await world.see([1, 'critical'])
    expect(world.incidents()).toEqual(['07-tendermint-1/critical triggered: trigger'])
    ack(1, world.clock.now() + HOUR_MS)
    await world.passing(15_000)
    await world.passing(MINUTE_MS)
    expect(world.incidents()).toEqual(['07-tendermint-1/critical acknowledged: trigger acknowledge'])
    await world.see([1, 'ok'])
    expect(world.incidents()).toEqual(['07-tendermint-1/critical resolved: trigger acknowledge resolve'])
    const texts = [
      '🟡 critical 1 #1',
      '👀 Ana has it until 11:00 UTC: new key *on* the <@&1> way',
      '🟢 over: 🟡 critical 1 #1',
    ]
    expect(world.server.telegram.messages.map(({ text }) => text.split('\n')[0])).toEqual(texts)
    expect(
      world.server.ntfy.messages.map(({ message, priority }) => [message.split('\n')[0], priority]),
    ).toEqual([
      [texts[0], 5],
      [texts[1], 2],
      [texts[2], 2],
    ])
    expect(world.server.hook.pages.map(({ action, key, details }) => [action, key, details])).toEqual([
      ['trigger', 'ibc-monitor/900/ibc:osmosis-1/07-tendermint-1/critical', 'details'],
      ['acknowledge', 'ibc-monitor/900/ibc:osmosis-1/07-tendermint-1/critical', ''],
      ['resolve', 'ibc-monitor/900/ibc:osmosis-1/07-tendermint-1/critical', ''],
    ])
  })

  it('that gets worse wakes somebody although it was acknowledged, and all of it is resolved', async () => {
    await begin(['pagerduty'])
    await world.see([1, 'critical'])
    ack(1, world.clock.now() + 7 * DAY_MS)
    await world.passing(15_000)
    await world.see([1, 'expired'])
    expect(world.incidents()).toEqual([
      '07-tendermint-1/critical acknowledged: trigger acknowledge',
      '07-tendermint-1/expired triggered: trigger',
    ])
    await world.see([1, 'ok'])
    expect(world.server.pagerduty.incidents.map(({ status }) => status)).toEqual(['resolved', 'resolved'])
    await world.see([1, 'critical'])
    expect(world.incidents().at(-1)).toBe('07-tendermint-1/critical triggered: trigger')
  })

  it('that ends without a word, or is withdrawn, is resolved too', async () => {
    await begin(['telegram'])
    await world.see([1, 'critical'], [2, 'expired'])
    const { messages } = world.server.telegram
    expect(messages.length).toBe(1)
    const identities = [1, 2].map((thing) => `ibc:osmosis-1/07-tendermint-${thing}`)
    for (const identity of identities)
      world.alerts.saveState(
        identity,
        { ...world.alerts.loadState(identity)!, alertId: null },
        world.clock.now(),
      )
    await world.passing(15_000)
    expect(messages.at(-1)!.text).toMatch(/^⚪ withdrawn: /)
    expect(messages.length).toBe(2)
  })

  it('that was open for days is resolved, although that is refused more than once', async () => {
    await begin(['pagerduty'])
    await world.see([1, 'critical'])
    world.database.run('UPDATE outbox SET created_ms = created_ms - ?', 3 * DAY_MS)
    world.server.faults = [{ answer: json(500, {}) }, { answer: json(503, {}) }]
    await world.see([1, 'ok'])
    await world.passing(MINUTE_MS)
    expect(world.incidents()).toEqual(['07-tendermint-1/critical resolved: trigger resolve'])
  })

  it('wakes anew when nobody has it any more: PagerDuty calls nobody for what is acknowledged there', async () => {
    await begin(['pagerduty'])
    await world.see([1, 'critical'])
    for (let n = 0; n < 2; n++) {
      ack(1, world.clock.now() + MINUTE_MS)
      await world.passing(2 * MINUTE_MS)
      await world.see([1, 'critical'])
    }
    const { incidents } = world.server.pagerduty
    expect(incidents.map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged', 'triggered'])
    await world.see([1, 'ok'])
    expect(incidents.map(({ status }) => status)).toEqual(['resolved', 'resolved', 'resolved'])
  })

  it('whose state cannot be read holds up no page of the others', async () => {
    await begin(['pagerduty'])
    await world.see([1, 'critical'])
    world.database.run(`UPDATE alert_states SET state = '{"level":'`)
    await world.see([2, 'critical'])
    expect(world.server.pagerduty.incidents.length).toBe(2)
  })

  it('that calls nobody pages nobody, nor does what is below the level', async () => {
    await begin(['ntfy'], { from: 'expired' })
    await world.see([1, 'critical'], [2, 'expired', { mention: false }], [3, 'expired', { first: true }])
    expect(world.server.ntfy.messages).toEqual([])
  })
})

describe('a storm', () => {
  it('is one page, over when all are; another client in danger wakes anew, also under a name that is taken', async () => {
    await begin(['pagerduty'])
    await world.see([1, 'critical'], [2, 'critical'], [3, 'critical'])
    expect(world.incidents()).toEqual(['07-tendermint-1/critical triggered: trigger'])
    expect(world.server.pagerduty.incidents[0]!.summary).toContain('3 critical on Osmosis')
    await world.see([4, 'critical'])
    await world.see([1, 'ok'], [2, 'ok'])
    expect(world.server.pagerduty.incidents.map(({ status }) => status)).toEqual(['triggered', 'triggered'])
    await world.see([1, 'critical'])
    expect(world.incidents().at(-1)).toMatch(/^07-tendermint-1\/critical\/\d+ triggered: trigger$/)
    await world.see([3, 'ok'])
    expect(world.server.pagerduty.incidents.map(({ status }) => status)).toEqual([
      'resolved',
      'triggered',
      'triggered',
    ])
  })

  it('in which one client is reminded of wakes for the others', async () => {
    await begin(['pagerduty'])
    await world.see([1, 'critical'])
    world.server.pagerduty.incidents[0]!.status = 'acknowledged'
    await world.clock.advance(DAY_MS)
    await world.see([1, 'critical'], [2, 'critical'])
    expect(world.server.pagerduty.incidents.map(({ status }) => status)).toEqual([
      'acknowledged',
      'triggered',
    ])
  })

  it('of thousands is one page with some of its lines', async () => {
    await begin(['pagerduty', 'ntfy', 'telegram', 'webhook'])
    await world.see(...Array.from({ length: 1000 }, (_, thing) => [thing, 'critical'] as const))
    expect(world.server.requests.map(({ status }) => status).sort()).toEqual([200, 200, 202, 204])
    expect(world.server.telegram.messages[0]!.text).toContain('… and 990 more')
  })
})

describe('Discord and the pagers', () => {
  it('do not hold each other up, and each pager waits for itself', async () => {
    await begin(['pagerduty', 'ntfy'], { timeoutMs: 300 })
    world.server.faults = ({ path }) => (path === '/' ? { how: 'hang' } : null)
    const seen = world.see([1, 'critical'])
    await expect.poll(() => world.discord.messages.size).toBe(1)
    await expect.poll(() => world.server.pagerduty.incidents.length).toBe(1)
    await seen
    for (let n = 0; n < 30; n++) world.discord.fail({ how: 'reset' })
    world.server.faults = []
    await world.see([2, 'critical'])
    expect(world.server.pagerduty.incidents.length).toBe(2)
  })

  it('a pager that asks to wait is asked after that, in order', async () => {
    await begin(['telegram'])
    world.server.faults = [
      {
        answer: json(429, { ok: false, error_code: 429, description: 'x', parameters: { retry_after: 40 } }),
      },
    ]
    await world.see([1, 'critical'])
    await world.see([2, 'critical'])
    await world.passing(39_000)
    expect(world.server.telegram.messages).toEqual([])
    await world.passing(1000)
    expect(world.server.telegram.messages.map(({ text }) => text.split('\n')[0])).toEqual([
      '🟡 critical 1 #1',
      '🟡 critical 2 #2',
    ])
  })

  it('a pager that refuses one page takes the others, and a chat that has moved is found', async () => {
    await begin(['telegram'])
    const { chats, messages } = world.server.telegram
    const answer = json(400, { ok: false, error_code: 400, description: 'Bad Request: x' })
    world.server.faults = ({ body }) => (body.includes('critical 1') ? { answer } : null)
    await world.see([1, 'critical'])
    await world.see([2, 'critical'])
    expect(messages.length).toBe(1)
    world.server.faults = []
    chats.set('-1001234567890', { movedTo: '-1009' }).set('-1009', 'open')
    await world.passing(MINUTE_MS)
    expect(messages.map(({ chat_id }) => chat_id)).toEqual(['-1001234567890', '-1009'])
  })

  it('a pager that is dead is said to be, its pages wait, and what is over by then wakes nobody', async () => {
    await begin(['pagerduty'])
    await world.server.close()
    await world.see([1, 'critical'], [2, 'critical'])
    await world.see([3, 'critical'])
    await world.passing(2 * MINUTE_MS)
    const [part] = world.delivery.pagers
    expect(part!.trouble()!.text).toMatch(/^The pager `PAGERDUTY` \(pagerduty\) takes no pages since <t:/)
    expect(world.delivery.status().waiting).toBe(0)
    await world.see([3, 'ok'])
    await world.restart()
    await world.server.listen()
    await world.passing(2 * MINUTE_MS)
    expect(world.incidents()).toEqual(['07-tendermint-1/critical triggered: trigger'])
    expect(world.delivery.pagers[0]!.trouble()).toBeNull()
    const log = world.lines.join('')
    for (const secret of world.server.secrets.pagerduty.split(' ')) expect(log).not.toContain(secret)
  })
})

describe('a process that ends', () => {
  it('between the request and its answer sends again, and the incident is one', async () => {
    await begin(['pagerduty'], { timeoutMs: 300 })
    world.server.faults = [{ how: 'hang', accepts: true }]
    world.observe([1, 'critical'])
    world.delivery.kick()
    await expect.poll(() => world.server.requests.length).toBe(1)
    await world.restart()
    await world.passing(MINUTE_MS)
    expect(world.incidents()).toEqual(['07-tendermint-1/critical triggered: trigger trigger'])
    world.observe([1, 'ok'])
    await world.restart()
    expect(world.incidents()).toEqual(['07-tendermint-1/critical resolved: trigger trigger resolve'])
  })

  it('while it is not known whether a page arrived resolves it, when it is over by then', async () => {
    await begin(['pagerduty'])
    world.server.faults = [{ how: 'reset', accepts: true }]
    await world.see([1, 'critical'])
    world.observe([1, 'ok'])
    await world.restart()
    await world.passing(MINUTE_MS)
    expect(world.incidents()).toEqual(['07-tendermint-1/critical resolved: trigger resolve'])
  })

  it('keeps the key of a page that may have arrived, though it would be another by now', async () => {
    await begin(['pagerduty'])
    await world.see([1, 'critical'], [2, 'critical'])
    await world.see([1, 'ok'])
    world.server.faults = [{ how: 'reset', accepts: true }]
    await world.see([1, 'critical'])
    await world.see([2, 'ok'])
    await world.passing(MINUTE_MS)
    await world.see([1, 'ok'])
    expect(world.server.pagerduty.incidents.map(({ status }) => status)).toEqual(['resolved', 'resolved'])
  })

  it('keeps what has not gone out yet, and reminders belong to the incident', async () => {
    await begin(['pagerduty'])
    world.observe([1, 'critical'])
    await world.restart()
    await world.passing(DAY_MS)
    await world.see([1, 'critical'])
    expect(world.incidents()).toEqual(['07-tendermint-1/critical triggered: trigger trigger'])
  })
})

describe('a dead webhook', () => {
  it('is one page after five minutes, to every pager, over when it works again', async () => {
    await begin(['ntfy'], { from: 'expired' })
    world.discord.exists = false
    await world.see([1, 'warning'])
    await world.passing(4 * MINUTE_MS)
    expect(world.server.ntfy.messages).toEqual([])
    await world.passing(3 * HOUR_MS)
    expect(world.server.ntfy.messages.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^🔴 Alerts do not reach Discord: the webhook DISCORD_WEBHOOK_URL takes nothing \(.*\)\. 1 message waits/,
      ),
    ])
    world.discord.exists = true
    await world.passing(11 * MINUTE_MS)
    expect(world.server.ntfy.messages.map(({ priority }) => priority)).toEqual([5, 2])
  })

  it('that left the configuration is over', async () => {
    await begin(['ntfy'])
    const { after } = step(null, seen('critical'), NO_REMINDERS, 0, world.alerts.allocateId)
    world.alerts.saveState('webhook:IT', after, 0)
    await world.passing(MINUTE_MS)
    expect(world.alerts.openAlerts()).toEqual([])
  })

  it('is no alert where no pager is left, and nothing waits for pagers', async () => {
    await begin(['ntfy'])
    world.discord.exists = false
    world.server.faults = () => ({ how: 'reset' })
    await world.see([1, 'critical'])
    await world.passing(6 * MINUTE_MS)
    expect(world.alerts.openAlerts().length).toBe(2)
    await world.restart([])
    await world.passing(MINUTE_MS)
    expect(world.alerts.openAlerts().length).toBe(1)
    expect(world.delivery.status().lanes.map(({ name }) => name)).toEqual([MAIN])
  })
})
