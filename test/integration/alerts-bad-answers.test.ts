// Whatever stands in the place of Discord’s answer: no alert is lost, and none waits for another.
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fault, LOGIN_PAGE } from '../../sandbox/discord/faults.ts'
import { step } from '../../src/alerts/life.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { alarm, alarms, json, over, page, setUp, tell, world } from '../support/alarms.ts'
import { aMessage, seen } from '../support/alerts.ts'

beforeEach(setUp)

afterEach(() => world.close())

describe('an edit of an old message', () => {
  it.each<[string, Fault]>([
    ['answers 500', { kind: 'status', status: 500 }],
    ['hangs', { kind: 'hang' }],
    ['is reset', { kind: 'reset' }],
    ['answers 429 for an hour', { kind: 'rate-limit', retryAfterS: 3600 }],
    ['answers the page of a ban', { kind: 'ban', retryAfterS: 3600 }],
    ['answers 403', { kind: 'status', status: 403 }],
    ['answers 407', page(407)],
    ['answers the page of a login', page(200, LOGIN_PAGE)],
    ['is an unknown channel', json(404, 10003, 'Unknown Channel')],
  ])('that %s holds up no post, and is made when that is over', async (_, fault) => {
    if (fault.kind === 'hang') await world.restart(1000)
    await tell(alarm(1))
    world.faults.add('webhook', fault, { method: 'PATCH', times: Infinity })
    await tell(...over(1))
    for (const id of [2, 3, 4]) {
      await tell(alarm(id))
      expect(alarms()).toContain(String(id))
      await world.passing(MINUTE_MS)
    }
    expect(world.posts()[0]!.content).toMatch(/^🔴 alarm 1/)
    expect(world.delivery.status()).toMatchObject({ waiting: 1 })
    expect(world.said()).toEqual([])
    world.faults.clear()
    await world.passing(HOUR_MS)
    expect(world.posts()[0]!.content).toMatch(/^🟢 over: 🔴 alarm 1/)
    expect(world.delivery.status().waiting).toBe(0)
  })

  it('is given up after a day, and tried until then', async () => {
    await tell(alarm(1), alarm(2))
    world.faults.add('webhook', page(500), { method: 'PATCH', times: Infinity })
    await tell(...over(1))
    for (let i = 0; i < 3; i++) await world.passing(0.3 * DAY_MS)
    expect(world.delivery.status().waiting).toBe(1)
    await world.passing(0.2 * DAY_MS)
    expect(world.delivery.status().waiting).toBe(0)
    world.faults.clear()
    await tell(...over(2))
    expect(world.posts().map(({ content }) => content.split(/[:.]/)[0])).toEqual([
      '🔴 alarm 1',
      '🟢 over',
      '🟢 1 is well',
      '🟢 2 is well',
    ])
  })

  it('that was given up is made up for by the next of its message', async () => {
    world.commit(aMessage(1, {}, { identity: 'a' }), aMessage(2, {}, { identity: 'b' }))
    await world.delivery.flush()
    world.faults.add('webhook', page(500), { method: 'PATCH', times: Infinity })
    await tell(...over(1))
    for (let i = 0; i < 4; i++) await world.passing(0.3 * DAY_MS)
    expect(world.delivery.status().waiting).toBe(0)
    world.faults.clear()
    await tell(...over(2))
    expect(world.posts()[0]!.content.match(/^🟢 (over: |~~)/gm)).toHaveLength(3)
  })

  it('that waits is as old as it is, also when more is over in its message', async () => {
    world.commit(aMessage(1, {}, { identity: 'a' }), aMessage(2, {}, { identity: 'b' }))
    await world.delivery.flush()
    world.faults.add('webhook', page(500), { method: 'PATCH', times: Infinity })
    await tell(...over(1))
    const [{ oldestMs } = {}] = world.delivery.status().webhooks
    await world.passing(0.1 * DAY_MS)
    await tell(...over(2))
    expect(world.delivery.status().webhooks[0]!.oldestMs).toBe(oldestMs)
  })

  it('that is always refused holds up no other edit, also after a restart', async () => {
    await tell(alarm(1), alarm(2), alarm(3))
    world.faults.add('webhook', page(500), { method: 'PATCH', times: Infinity, holds: 'alarm 1.' })
    await tell(...over(1), ...over(2))
    await world.restart()
    await tell(...over(3))
    await world.passing(MINUTE_MS)
    const marked = () =>
      world
        .posts()
        .slice(0, 3)
        .map(({ content }) => content.startsWith('🟢 over'))
    expect(marked()).toEqual([false, true, true])
    world.faults.clear()
    await world.passing(10 * MINUTE_MS)
    expect(marked()).toEqual([true, true, true])
  })

  it.each<[string, Fault]>([
    ['502', page(502)],
    ['403', page(403)],
    ['no connection', { kind: 'reset' }],
  ])('waits after %s, and takes in those of the same message that come meanwhile', async (_, fault) => {
    world.commit(aMessage(1, {}, { identity: 'a' }), aMessage(2, {}, { identity: 'b' }))
    await world.delivery.flush()
    world.faults.add('webhook', fault, { method: 'PATCH', times: 3 })
    await tell(...over(1))
    world.commit(...over(2))
    await world.delivery.flush()
    await world.passing(MINUTE_MS)
    expect(world.posts()[0]!.content.split('\n')).toEqual([
      expect.stringMatching(/^🟢 over: /),
      expect.stringMatching(/^🟢 ~~.*#1~~$/),
      expect.stringMatching(/^🟢 ~~.*#2~~$/),
    ])
    expect(world.statuses('PATCH').slice(3)).toEqual([200])
  })

  it('that is being sent takes in nothing: what comes then has an edit of its own, one for all', async () => {
    const all = [1, 2, 3, 4, 5].map((id) => aMessage(id, {}, { identity: `thing ${id}` }))
    world.commit(...all)
    await world.delivery.flush()
    world.commit(...over(1))
    const flushing = world.delivery.flush()
    const isSent = () => world.database.one("SELECT 1 FROM outbox WHERE sending_ms > 0 AND kind = 'edit'")
    while (!isSent()) await setImmediate()
    for (const id of [2, 3, 4, 5]) world.commit(...over(id))
    await flushing
    await world.delivery.flush()
    expect(world.statuses('PATCH')).toEqual([200, 200])
    expect(world.posts()[0]!.content.match(/^🟢 (over: |~~)/gm)).toHaveLength(6)
  })

  it('takes in what is later than another that waits: the later word stands in the end', async () => {
    const last = (kind: 'confirmed' | 'resolved') =>
      aMessage(
        1,
        { kind, level: kind === 'resolved' ? 'ok' : 'warning' },
        { identity: 'thing 1', embed: null },
      )
    await tell(aMessage(1, { basis: 'memory' }, { identity: 'thing 1', embed: null }))
    world.commit(last('confirmed'))
    // Being sent, when the process died.
    world.database.sql.exec("UPDATE outbox SET sending_ms = 1 WHERE kind = 'edit'")
    world.commit(last('confirmed'))
    world.database.sql.exec("UPDATE outbox SET sending_ms = NULL WHERE kind = 'edit'")
    await tell(last('resolved'))
    await world.passing(MINUTE_MS)
    expect(world.posts()[0]!.content).toMatch(/^🟢 over: /)
  })

  it('is tried for a day from what came last', async () => {
    world.commit(aMessage(1, {}, { identity: 'a' }), aMessage(2, {}, { identity: 'b' }))
    await world.delivery.flush()
    world.faults.add('webhook', page(500), { method: 'PATCH', times: Infinity })
    await tell(...over(1))
    for (let i = 0; i < 3; i++) await world.passing(0.3 * DAY_MS)
    await tell(...over(2))
    for (let i = 0; i < 3; i++) await world.passing(0.3 * DAY_MS)
    world.faults.clear()
    await world.passing(6 * MINUTE_MS)
    expect(world.posts()[0]!.content.match(/^🟢 (over: |~~)/gm)).toHaveLength(3)
  })

  it('is not begun before the post is delivered, and made after it', async () => {
    world.faults.add('webhook', page(502), { method: 'POST', times: 2 })
    // No state is kept of this alert, so the post stays true.
    world.commit(alarm(1))
    world.commit(...over(1))
    await world.delivery.flush()
    expect(world.statuses('PATCH')).toEqual([])
    await world.restart()
    await world.passing(MINUTE_MS)
    expect(world.posts().map(({ content }) => content)).toEqual([
      expect.stringMatching(/^🟢 over: 🔴 alarm 1/),
      expect.stringMatching(/^🟢 1 is well/),
    ])
  })

  it('leaves most of the channel’s pace to posts', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => index + 1)
    for (const id of ids) world.commit(alarm(id))
    await world.delivery.flush()
    for (let i = 0; i < 60; i++) await world.passing(2000)
    expect(alarms()).toEqual(ids.map(String))
    world.commit(...over(...ids))
    await world.delivery.flush()
    for (let i = 0; i < 30; i++) await world.passing(2000)
    expect(world.statuses('PATCH').length).toBeGreaterThan(10)
    expect(world.statuses('PATCH').length).toBeLessThanOrEqual(30)
    for (let i = 0; i < 10; i++) await world.passing(MINUTE_MS)
    expect(world.posts().filter(({ content }) => content.startsWith('🔴'))).toEqual([])
  })
})

describe('a post that is not taken while others are', () => {
  it.each<[string, Fault]>([
    ['500', { kind: 'status', status: 500 }],
    ['a proxy’s 400', page(400)],
    ['a proxy’s 403', page(403)],
    ['a code that is new to us', json(400, 50109, 'The request body contains invalid JSON.')],
    ['an unknown message', json(404, 10008, 'Unknown Message')],
    ['no answer', { kind: 'hang' }],
    ['200 without a message', page(200, LOGIN_PAGE)],
  ])(
    'by %s holds up the others for seconds only, is said by the bot with its mention, and set aside',
    async (_, fault) => {
      if (fault.kind === 'hang') await world.restart(1000)
      world.faults.add('webhook', fault, { method: 'POST', times: Infinity, holds: 'alarm 1.' })
      await tell(alarm(1), alarm(2))
      for (let i = 0; i < 15; i++) await world.passing(1000)
      expect(alarms()).toEqual(['2'])
      await tell(alarm(3))
      expect(alarms()).toEqual(['2', '3'])
      for (let i = 0; i < 10; i++) await world.passing(MINUTE_MS)
      expect(world.said()).toEqual([
        expect.stringMatching(/^🔴 alarm 1\. #1 <@&100>\n⚠️ .*`DISCORD_WEBHOOK_URL`/),
      ])
      expect(alarms()).toEqual(['2', '3'])
      expect(world.posts().at(-1)!.content).toMatch(/^⚠️ 1 message was not taken/)
      expect(world.delivery.status().waiting).toBe(0)
    },
  )

  it('is kept where the bot cannot say it either', async () => {
    world.faults.add('webhook', page(400), { method: 'POST', times: Infinity, holds: 'alarm 1.' })
    world.faults.add('bot', page(403), { method: 'POST', times: Infinity })
    await tell(alarm(1), alarm(2))
    for (let i = 0; i < 10; i++) await world.passing(MINUTE_MS)
    expect(world.delivery.status().waiting).toBe(1)
    world.faults.clear()
    await world.passing(10 * MINUTE_MS)
    expect(world.said().length + alarms().length).toBe(2)
    expect(world.delivery.status().waiting).toBe(0)
  })

  it('lets two such rows hold up nobody either', async () => {
    for (const text of ['alarm 1.', 'alarm 2.'])
      world.faults.add('webhook', page(400), { method: 'POST', times: Infinity, holds: text })
    await tell(alarm(1), alarm(2), alarm(3))
    await world.passing(15_000)
    await tell(alarm(4))
    expect(alarms()).toEqual(['3', '4'])
    for (let i = 0; i < 10; i++) await world.passing(20_000)
    expect(world.said()).toHaveLength(2)
    expect(world.delivery.status().waiting).toBe(0)
  })

  it('is sent without its details in the end', async () => {
    world.faults.add('webhook', page(413), { method: 'POST', times: Infinity, holds: 'too large' })
    await tell(alarm(1, { embed: { title: 'too large' } }), alarm(2))
    await world.passing(MINUTE_MS)
    expect(alarms()).toEqual(['2', '1'])
    expect(world.posts()[1]!.embeds).toEqual([])
  })

  it('is no reason to leave the order when Discord fails for all, however long', async () => {
    world.faults.add('webhook', page(503), { times: Infinity })
    for (const id of [1, 2, 3, 4]) {
      await tell(alarm(id))
      await world.passing(40_000)
    }
    world.faults.clear()
    await tell(alarm(5))
    await world.passing(10 * MINUTE_MS)
    expect(alarms()).toEqual(['1', '2', '3', '4', '5'])
  })
})

describe('many that wait', () => {
  const MANY = 1500

  it('make neither a flood of requests nor a disorder while nothing is taken', async () => {
    world.faults.add('webhook', page(403), { method: 'POST', times: Infinity })
    for (let id = 1; id <= MANY; id++) world.commit(alarm(id))
    await world.delivery.flush()
    for (let i = 0; i < 60; i++) await world.passing(10_000)
    // Discord bans an address for 10,000 such answers in ten minutes.
    expect(world.statuses('POST').length).toBeLessThan(400)
    world.faults.clear()
    for (let i = 0; i < 150; i++) await world.passing(2000)
    const said = world.said().flatMap((text) => /^🔴 alarm (\d+)\./.exec(text)?.[1] ?? [])
    expect(said.length).toBeGreaterThan(100)
    expect(alarms().length).toBeGreaterThan(40)
    const told = [...said, ...alarms()]
    expect(told).toEqual(told.map((_, index) => String(index + 1)))
  })

  it('and are over by now are set aside without holding up the rest of the program', async () => {
    for (let id = 1; id <= MANY; id++) world.commit(alarm(id))
    const alerts = createAlertStore(world.database)
    const wellAgain = step(null, seen('ok'), { remindEveryMs: DAY_MS }, 0, () => 0).after
    for (let id = 1; id <= MANY; id++) alerts.saveState(`thing ${id}`, wellAgain, 0)
    let turns = 0
    const counting = setInterval(() => turns++, 0)
    await world.delivery.flush()
    clearInterval(counting)
    expect(world.delivery.status().waiting).toBe(0)
    expect(turns).toBeGreaterThan(10)
  })

  it('edits of messages that were never sent cost nothing of the pace of the others', async () => {
    await tell(alarm(1))
    for (let id = 2; id <= 60; id++) world.commit(alarm(id))
    world.commit(...over(...Array.from({ length: 59 }, (_, index) => index + 2)))
    world.database.sql.exec("UPDATE outbox SET superseded_ms = 1 WHERE kind = 'post' AND id > 1")
    await tell(...over(1))
    expect(world.posts()[0]!.content).toMatch(/^🟢 over/)
  })
})

describe('a wait of an hour that Discord asks for', () => {
  it('is obeyed, and said', async () => {
    world.faults.add('webhook', { kind: 'rate-limit', retryAfterS: 3600 }, { method: 'POST' })
    await tell(alarm(1))
    for (let i = 0; i < 59; i++) await world.passing(MINUTE_MS)
    expect(world.statuses('POST')).toEqual([429])
    expect(world.said()).toEqual([
      expect.stringMatching(/takes nothing.*429/),
      expect.stringMatching(/alarm 1\./),
    ])
    await world.passing(MINUTE_MS)
    expect(world.posts()).toHaveLength(1)
  })
})
