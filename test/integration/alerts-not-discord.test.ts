// Answers that are not Discord’s word, that hold no message, or that call a webhook gone: it is said.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fault, LOGIN_PAGE } from '../../sandbox/discord/faults.ts'
import { createWebhookStore } from '../../src/alerts/outbox/store.ts'
import { DAY_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { alarm, alarms, json, over, page, setUp, tell, world } from '../support/alarms.ts'
import { WEBHOOK } from '../support/delivery.ts'

beforeEach(setUp)

afterEach(() => world.close())

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
    '%s costs nothing: it is tried again and said once, what waits is said by the bot, and in the end counted',
    async (_, fault) => {
      world.faults.add('webhook', fault, { method: 'POST', times: Infinity })
      await tell(alarm(1))
      expect(world.log.some(({ msg }) => /^not delivered/.test(msg))).toBe(true)
      for (let i = 0; i < 4; i++) await world.passing(MINUTE_MS)
      expect(world.said()).toEqual([])
      await tell(alarm(2))
      for (let i = 0; i < 60; i++) await world.passing(MINUTE_MS)
      // Neither given up nor hammered: every five minutes.
      expect(world.statuses('POST').length).toBeGreaterThan(15)
      expect(world.statuses('POST').length).toBeLessThan(80)
      expect(world.said()).toEqual([
        expect.stringMatching(
          /^⚠️ The webhook that I alert through \(`DISCORD_WEBHOOK_URL`\) takes nothing.* 2 messages wait/,
        ),
        expect.stringMatching(/^🔴 alarm 1\./),
        expect.stringMatching(/^🔴 alarm 2\./),
      ])
      const reason = world.delivery.status().webhooks[0]!.lastError!
      expect(reason).toMatch(/^\d{3}/)
      expect(world.said()[0]).toContain(reason)
      expect(world.log.filter(({ level, reason: why }) => level >= 50 && why === reason)).toHaveLength(1)
      expect(world.delivery.status()).toMatchObject({
        waiting: 1,
        webhooks: [{ name: WEBHOOK, goneSinceMs: null }],
      })
      world.faults.clear()
      await world.passing(6 * MINUTE_MS)
      expect(world.posts()).toMatchObject([
        { content: expect.stringMatching(/^⚠️ 2 messages were not taken/) },
      ])
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
    expect(world.said()[0]).toMatch(what)
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
    const troubles = () => world.said().filter((text) => /takes nothing|works again/.test(text))
    await world.restart()
    await world.passing(20 * MINUTE_MS)
    expect(troubles()).toHaveLength(1)
    world.faults.clear()
    await world.passing(6 * MINUTE_MS)
    fails()
    await tell(alarm(2))
    await world.passing(6 * MINUTE_MS)
    await expect.poll(troubles).toHaveLength(3)
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
  it('is tried at once when an edit shows that it is back', async () => {
    await tell(alarm(1))
    world.faults.add('webhook', json(404, 10015, 'Unknown Webhook'), { method: 'POST' })
    await tell(alarm(2))
    expect(alarms()).toEqual(['1'])
    await tell(...over(1))
    await world.passing(MINUTE_MS)
    expect(alarms()).toContain('2')
  })

  it.each([
    ['10015', json(404, 10015, 'Unknown Webhook')],
    ['50027', json(401, 50027, 'Invalid Webhook Token')],
  ])('by %s is said at once, and kept', async (code, fault) => {
    world.faults.add('webhook', fault, { times: Infinity })
    await tell(alarm(1))
    await expect.poll(world.said).toEqual([expect.stringContaining(code)])
    expect(world.delivery.status().webhooks[0]).toMatchObject({ goneReason: expect.stringContaining(code) })
    await world.passing(DAY_MS)
    expect(world.said().slice(1)).toEqual([expect.stringMatching(/^🔴 alarm 1\./)])
    world.faults.clear()
    await world.passing(10 * MINUTE_MS)
    expect(world.posts().map(({ content }) => content)).toEqual([expect.stringMatching(/^⚠️ 1 message was/)])
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
      .toEqual([
        expect.stringContaining('takes nothing'),
        expect.stringContaining('alarm 1'),
        expect.stringContaining('does not work any more'),
      ])
  })
})
