// Whatever stands in the place of Discord's answer: no alert is lost, none waits for another, and it is said.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fault, FRONT_PAGE, LOGIN_PAGE } from '../../sandbox/discord/faults.ts'
import { step } from '../../src/alerts/life.ts'
import { createWebhookStore } from '../../src/alerts/outbox/store.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { aMessage, seen } from '../support/alerts.ts'
import { type DiscordDelivery, startDiscordDelivery, WEBHOOK } from '../support/delivery.ts'

let world: DiscordDelivery

beforeEach(async () => {
  world = await startDiscordDelivery()
})

afterEach(() => world.close())

/** One alert of its own, in a message of its own. */
const alarm = (id: number, more: Parameters<typeof aMessage>[2] = {}) =>
  aMessage(id, {}, { group: null, identity: `thing ${id}`, headline: `🔴 alarm ${id}.`, ...more })

const over = (...ids: number[]) =>
  ids.map((id) =>
    aMessage(
      id,
      { kind: 'resolved', level: 'ok' },
      { identity: `thing ${id}`, headline: `🟢 ${id} is well.`, embed: null },
    ),
  )

async function tell(...messages: ReturnType<typeof aMessage>[]): Promise<void> {
  for (const message of messages) world.commit(message)
  await world.delivery.flush()
}

/** Which alarms stand in the channel, in order. */
const alarms = () => world.posts().flatMap(({ content }) => /alarm (\d+)\./.exec(content)?.[1] ?? [])

const json = (status: number, code: number, message: string): Fault => ({
  kind: 'answer',
  status,
  body: { code, message },
})
const page = (status: number, body: unknown = FRONT_PAGE): Fault => ({ kind: 'answer', status, body })

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

  it('waits for its post, and for the edits of the same message before it', async () => {
    world.commit(aMessage(1, {}, { identity: 'a' }), aMessage(2, {}, { identity: 'b' }))
    await world.delivery.flush()
    world.faults.add('webhook', page(502), { method: 'PATCH', times: 3 })
    world.commit(...over(1))
    world.commit(...over(2))
    await world.delivery.flush()
    await world.passing(MINUTE_MS)
    // Each edit shows what the ones before it have made of the message.
    expect(world.posts()[0]!.content.split('\n')).toEqual([
      expect.stringMatching(/^🟢 over: /),
      expect.stringMatching(/^🟢 ~~.*#1~~$/),
      expect.stringMatching(/^🟢 ~~.*#2~~$/),
    ])
    expect(world.statuses('PATCH')).toEqual([502, 502, 502, 200, 200])
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
    'by %s holds up the others for seconds only, is said with its first line, and is kept',
    async (_, fault) => {
      if (fault.kind === 'hang') await world.restart(1000)
      world.faults.add('webhook', fault, { method: 'POST', times: Infinity, holds: 'alarm 1.' })
      await tell(alarm(1), alarm(2))
      for (let i = 0; i < 15; i++) await world.passing(1000)
      expect(alarms()).toEqual(['2'])
      await tell(alarm(3))
      expect(alarms()).toEqual(['2', '3'])
      for (let i = 0; i < 10; i++) await world.passing(MINUTE_MS)
      await expect
        .poll(world.said)
        .toEqual([expect.stringMatching(/^⚠️ .*`DISCORD_WEBHOOK_URL`.*🔴 alarm 1\./)])
      expect(world.delivery.status().waiting).toBe(1)
      world.faults.clear()
      await world.passing(10 * MINUTE_MS)
      expect(alarms()).toEqual(['2', '3', '1'])
      expect(world.delivery.status().waiting).toBe(0)
    },
  )

  it('lets two such rows hold up nobody either', async () => {
    for (const text of ['alarm 1.', 'alarm 2.'])
      world.faults.add('webhook', page(400), { method: 'POST', times: Infinity, holds: text })
    await tell(alarm(1), alarm(2), alarm(3))
    await world.passing(15_000)
    await tell(alarm(4))
    expect(alarms()).toEqual(['3', '4'])
    expect(world.delivery.status().waiting).toBe(2)
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

describe('what Discord’s own invalid form is', () => {
  const invalid = json(400, 50035, 'Invalid Form Body')

  it('is our bug: said without the details, and logged', async () => {
    world.faults.add('webhook', invalid, { method: 'POST' })
    await tell(alarm(1), alarm(2))
    expect(alarms()).toEqual(['1', '2'])
    expect(world.posts().map(({ embeds }) => embeds.length)).toEqual([0, 1])
    expect(world.log.filter(({ level }) => level >= 50)).toMatchObject([
      { reason: '400 Invalid Form Body (50035)', payload: { content: expect.stringContaining('alarm 1') } },
    ])
  })

  it('of a storm costs its details first, its lines next', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: 2 })
    world.commit(aMessage(1, {}, { identity: 'a' }), aMessage(2, {}, { identity: 'b' }))
    await world.delivery.flush()
    expect(world.posts().map(({ content }) => content)).toEqual([
      expect.stringMatching(/^🟡 2 warning on Osmosis/),
    ])
    expect(world.posts()[0]!.content).not.toContain('\n')
  })

  it('marks what was said without its details as over, too, when all of it is', async () => {
    world.faults.add('webhook', invalid, { method: 'POST' })
    await tell(alarm(1, { mention: [] }))
    await tell(...over(1))
    expect(world.posts()[0]!.content).toBe('🟢 over: 🔴 alarm 1.')
    const alerts = createAlertStore(world.database)
    const open = (id: number) => step(null, seen('warning'), { remindEveryMs: DAY_MS }, 0, () => id).after!
    const storm = [2, 3].map((id) => aMessage(id, {}, { identity: `thing ${id}` }))
    for (const id of [2, 3]) alerts.saveState(`thing ${id}`, open(id), 0)
    world.faults.add('webhook', invalid, { method: 'POST', times: 2 })
    world.commit(...storm)
    await world.delivery.flush()
    const first = () => world.posts().find(({ content }) => content.includes('2 warning on Osmosis'))!.content
    for (const [id, mark] of [
      [2, /^🟡 2 warning on Osmosis/],
      [3, /^🟢 over: 🟡 2 warning on Osmosis$/],
    ] as const) {
      alerts.saveState(`thing ${id}`, { ...open(id), level: 'ok', alertId: null }, 0)
      await tell(...over(id))
      expect(first()).toMatch(mark)
    }
  })

  it('where even the first line is refused, the bot itself says it, and it is tried on', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: Infinity, holds: 'alarm 1.' })
    await tell(alarm(1), alarm(2))
    expect(alarms()).toEqual(['2'])
    for (let i = 0; i < 30; i++) await world.passing(MINUTE_MS)
    await expect.poll(world.said).toEqual([expect.stringMatching(/50035.*🔴 alarm 1\./)])
    expect(world.delivery.status()).toMatchObject({
      waiting: 1,
      webhooks: [{ lastError: '400 Invalid Form Body (50035)' }],
    })
    expect(world.log.filter(({ level }) => level >= 50)).toHaveLength(2)
    world.faults.clear()
    await world.passing(6 * MINUTE_MS)
    expect(alarms()).toEqual(['2', '1'])
  })

  it('of all that is sent, for hours, loses nothing: it is said, and delivered when that is over', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: Infinity })
    await tell(alarm(1), alarm(2))
    for (let i = 0; i < 120; i++) await world.passing(MINUTE_MS)
    await world.restart()
    await tell(alarm(3))
    await expect.poll(world.said).toContainEqual(expect.stringMatching(/takes nothing.*50035/))
    for (const id of [1, 2, 3])
      await expect.poll(world.said).toContainEqual(expect.stringMatching(`50035.*🔴 alarm ${id}`))
    expect(world.delivery.status().waiting).toBe(3)
    world.faults.clear()
    await world.passing(6 * MINUTE_MS)
    expect(alarms()).toEqual(['1', '2', '3'])
  })

  it('is said later where the bot could not say it at once', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: Infinity, holds: 'alarm 1.' })
    world.faults.add('bot', { kind: 'status', status: 403 }, { method: 'POST' })
    await tell(alarm(1), alarm(2))
    await expect.poll(() => world.log.some(({ msg }) => msg === 'could not write into a channel')).toBe(true)
    expect(world.said()).toEqual([])
    await world.passing(MINUTE_MS)
    await expect.poll(world.said).toEqual([expect.stringMatching(/50035.*🔴 alarm 1\./)])
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
    for (let i = 0; i < 100; i++) await world.passing(2000)
    expect(alarms().length).toBeGreaterThan(40)
    expect(alarms()).toEqual(alarms().map((_, index) => String(index + 1)))
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
    await expect.poll(world.said).toEqual([expect.stringMatching(/takes nothing.*429/)])
    await world.passing(MINUTE_MS)
    expect(alarms()).toEqual(['1'])
  })
})

describe('what is not Discord’s word', () => {
  const rows: [string, Fault][] = [
    ['400 as HTML', page(400)],
    ['400 as JSON of a proxy', page(400, { error: 'bad request', message: 'blocked' })],
    ['401 as HTML', page(401)],
    ['401 without a code', page(401, { message: '401: Unauthorized', code: 0 })],
    ['403 as HTML', page(403)],
    ['403, Cloudflare as text', page(403, 'error code: 1015')],
    ['403, Cloudflare as HTML', page(403, '<html><title>Access denied</title>Error 1015</html>')],
    ['404 as HTML', page(404)],
    ['404 without a code', page(404, {})],
    ['405', page(405)],
    ['407', page(407)],
    ['a redirect', page(302, undefined)],
    ['413', page(413)],
    ['451', page(451)],
    ['a forum', json(400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id')],
    ['a locked thread', json(400, 160005, 'This thread is locked')],
    ['an archived thread', json(400, 50083, 'Tried to perform an operation on an archived thread')],
    ['missing permissions', json(403, 50013, 'Missing Permissions')],
    ['an unknown channel', json(404, 10003, 'Unknown Channel')],
    ['200 with a login page', page(200, LOGIN_PAGE)],
    ['200 with an error', page(200, { code: 50035, message: 'Invalid Form Body' })],
    ['200 with nothing', page(200, undefined)],
    ['204', { kind: 'answer', status: 204 }],
  ]

  it.each(rows)(
    '%s costs nothing: it waits, is tried again and said once, then all is delivered in order',
    async (_, fault) => {
      world.faults.add('webhook', fault, { method: 'POST', times: Infinity })
      await tell(alarm(1))
      expect(world.log.some(({ msg }) => /^not delivered/.test(msg))).toBe(true)
      for (let i = 0; i < 4; i++) await world.passing(MINUTE_MS)
      expect(world.said()).toEqual([])
      await tell(alarm(2))
      for (let i = 0; i < 60; i++) await world.passing(MINUTE_MS)
      // Neither given up nor hammered: two rows, every five minutes.
      expect(world.statuses('POST').length).toBeGreaterThan(20)
      expect(world.statuses('POST').length).toBeLessThan(80)
      await expect
        .poll(world.said)
        .toEqual([
          expect.stringMatching(
            /^⚠️ The webhook that I alert through \(`DISCORD_WEBHOOK_URL`\) takes nothing/,
          ),
        ])
      const reason = world.delivery.status().webhooks[0]!.lastError!
      expect(reason).toMatch(/^\d{3}/)
      expect(world.said()[0]).toContain(reason)
      expect(world.log.filter(({ level, reason: why }) => level >= 50 && why === reason)).toHaveLength(1)
      expect(world.delivery.status()).toMatchObject({
        waiting: 2,
        webhooks: [{ name: WEBHOOK, goneSinceMs: null }],
      })
      world.faults.clear()
      await world.passing(6 * MINUTE_MS)
      expect(alarms()).toEqual(['1', '2'])
      expect(world.delivery.status().waiting).toBe(0)
    },
  )

  it.each([
    [220001, /thread_id/],
    [160005, /[Uu]nlock/],
    [50083, /archived/],
  ])('%i is the operator’s to mend: it is said what to do', async (code, what) => {
    world.faults.add('webhook', json(400, code, 'no'), { method: 'POST', times: Infinity })
    await tell(alarm(1))
    await world.passing(6 * MINUTE_MS)
    await expect.poll(world.said).toEqual([expect.stringMatching(what)])
    expect(world.delivery.status().webhooks[0]!.lastError).toMatch(what)
  })

  it('is not said where it passes', async () => {
    for (let id = 1; id < 20; id++) {
      world.faults.add('webhook', page(407), { method: 'POST', times: 2 })
      await tell(alarm(id))
      await world.passing(MINUTE_MS)
    }
    expect(alarms()).toHaveLength(19)
    expect(world.said()).toEqual([])
  })

  it('says it once over restarts, and again when it has worked in between', async () => {
    const fails = () => world.faults.add('webhook', page(407), { method: 'POST', times: Infinity })
    fails()
    await tell(alarm(1))
    await world.passing(6 * MINUTE_MS)
    await expect.poll(() => createWebhookStore(world.database).get(WEBHOOK).saidMs).not.toBeNull()
    await world.restart()
    await world.passing(20 * MINUTE_MS)
    expect(world.said()).toHaveLength(1)
    world.faults.clear()
    await world.passing(6 * MINUTE_MS)
    fails()
    await tell(alarm(2))
    await world.passing(6 * MINUTE_MS)
    await expect.poll(world.said).toHaveLength(2)
  })

  it('shows nothing of a page that repeats the secret address', async () => {
    const url = world.discord.server.webhookUrl(world.webhook)
    world.faults.add('webhook', page(403, `<html>${url} is blocked</html>`), { times: 1 })
    world.faults.add('webhook', page(403, { message: `${url} is blocked` }), { times: Infinity })
    await tell(alarm(1))
    await world.passing(10 * MINUTE_MS)
    const shown = JSON.stringify([world.said(), world.delivery.status(), world.log])
    expect(shown).not.toContain(world.webhook.token)
  })
})

describe('a 2xx without a message', () => {
  it.each<[string, Fault]>([
    ['a login page', { kind: 'answer', status: 200, body: LOGIN_PAGE, afterAccept: true }],
    ['204', { kind: 'answer', status: 204, afterAccept: true }],
    ['a message without an id', { kind: 'answer', status: 200, body: { ok: true }, afterAccept: true }],
  ])(
    'may have been accepted: after %s the channel is looked at, and it is not told twice',
    async (_, fault) => {
      world.faults.add('webhook', fault, { method: 'POST', times: Infinity })
      await tell(alarm(1))
      await world.passing(2000)
      await tell(alarm(2))
      await world.passing(10 * MINUTE_MS)
      expect(alarms()).toEqual(['1', '2'])
      expect(world.delivery.status().waiting).toBe(0)
      expect(world.said()).toEqual([])
      // Its id is known by now: it can be edited.
      await tell(...over(1))
      expect(world.posts()[0]!.content).toMatch(/^🟢 over/)
    },
  )

  it('to an edit is no edit', async () => {
    await tell(alarm(1))
    world.faults.add('webhook', page(200, LOGIN_PAGE), { method: 'PATCH', times: 2 })
    await tell(...over(1))
    await world.passing(MINUTE_MS)
    expect(world.posts()[0]!.content).toMatch(/^🟢 over/)
  })
})

describe('a webhook that Discord says is gone', () => {
  it.each([
    ['10015', json(404, 10015, 'Unknown Webhook')],
    ['50027', json(401, 50027, 'Invalid Webhook Token')],
  ])('by %s is said at once, and kept', async (code, fault) => {
    world.faults.add('webhook', fault, { times: Infinity })
    await tell(alarm(1))
    await expect.poll(world.said).toEqual([expect.stringContaining(code)])
    expect(world.delivery.status().webhooks[0]).toMatchObject({ goneReason: expect.stringContaining(code) })
    await world.passing(DAY_MS)
    expect(world.said()).toHaveLength(1)
    world.faults.clear()
    await world.passing(10 * MINUTE_MS)
    expect(alarms()).toEqual(['1'])
  })

  it('after it had failed in another way is said too', async () => {
    world.faults.add('webhook', page(407), { method: 'POST', times: Infinity })
    await tell(alarm(1))
    await world.passing(6 * MINUTE_MS)
    world.faults.clear()
    world.discord.world.deleteWebhook(world.webhook.id)
    await world.passing(6 * MINUTE_MS)
    await expect
      .poll(world.said)
      .toEqual([expect.stringContaining('takes nothing'), expect.stringContaining('does not work any more')])
  })
})
