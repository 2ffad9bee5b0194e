// A webhook that does not work for long: the bot's own account says what is held, with the mentions, and what counts as told.
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fault, LOGIN_PAGE } from '../../sandbox/discord/faults.ts'
import { bulletin } from '../../src/alerts/outbox/commit.ts'
import { HOUR_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import {
  alarm,
  alarms,
  breaks,
  json,
  lines,
  minutes,
  over,
  own,
  page,
  setUp,
  tell,
  world,
} from '../support/alarms.ts'
import { aMessage } from '../support/alerts.ts'
import { WEBHOOK } from '../support/delivery.ts'

beforeEach(setUp)

afterEach(() => world.close())

describe('a webhook that does not work for five minutes', () => {
  it.each<[string, Fault]>([
    ['503', page(503)],
    ['a proxy’s 407', page(407)],
    ['a wait of an hour', { kind: 'rate-limit', retryAfterS: 3600 }],
    ['a forum', json(400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id')],
    ['gone', json(404, 10015, 'Unknown Webhook')],
    ['no answer', { kind: 'reset' }],
  ])('by %s: what is held is said with its mention, then counted', async (_, fault) => {
    const open = world.discord.world.addRole('relayers', [], true)
    const closed = world.discord.world.addRole('night', [], false)
    const mention = [`<@&${open.id}>`, `<@&${closed.id}>`, `<@${world.discord.ann.user.id}>`]
    breaks(fault)
    await tell(alarm(1, { mention }), alarm(2))
    await minutes(4)
    expect(lines()).toEqual([])
    await minutes(1.5)
    expect(lines()).toEqual([
      `🔴 alarm 1. #1 ${mention.join(' ')}`,
      expect.stringMatching(/^🔴 alarm 2\. #2 <@&100>$/),
    ])
    // Discord lets it tag a role that is not mentionable only with Mention Everyone.
    const said = own().find(({ content }) => content.startsWith('🔴 alarm 1'))!
    expect([said.mention_roles, said.mentions.map(({ id }) => id)]).toEqual([
      [open.id],
      [world.discord.ann.user.id],
    ])
    // Later ones do not wait another five minutes.
    await tell(alarm(3))
    await minutes(0.5)
    expect(lines()).toHaveLength(3)
    await minutes(20)
    expect(lines()).toHaveLength(3)
    world.faults.clear()
    await minutes(61)
    expect(alarms()).toEqual([])
    expect(world.posts().map(({ content }) => content)).toEqual([
      expect.stringMatching(/3 messages were not/),
    ])
    expect(world.said()[0]).toMatch(/DISCORD_WEBHOOK_URL.*2 messages wait/)
    expect(world.said().filter((text) => /works again/.test(text))).toHaveLength(1)
    expect(world.delivery.status().waiting).toBe(0)
    await tell(...over(1))
    expect(world.posts().at(-1)!.content).toMatch(/^🟢 1 is well/)
  })

  it('does not wait as long where little time is left: a quarter of it', async () => {
    breaks()
    const deadlineMs = world.discord.clock.now() + 5 * MINUTE_MS
    await tell(alarm(1), alarm(2, { deadlineMs }), alarm(3, { deadlineMs: deadlineMs - HOUR_MS }))
    await minutes(0.8)
    expect(lines()).toEqual([])
    await minutes(0.5)
    expect(lines()).toHaveLength(3)
  })

  it.each([1, 40])('because it hangs: of %i that wait the first are said in time', async (count) => {
    world.more.wireClock = world.discord.clock
    await world.restart(10_000)
    breaks({ kind: 'hang' })
    for (let id = 1; id <= count; id++) world.commit(alarm(id))
    world.delivery.kick()
    for (let seconds = 0; seconds < 370; seconds += 5) {
      await world.discord.clock.advance(5000)
      // What the bot's own account asks does not wait for the clock.
      await setTimeout(seconds < 300 ? 10 : 100)
    }
    try {
      await expect.poll(() => lines().length).toBeGreaterThanOrEqual(Math.min(count, 5))
    } finally {
      // What hangs would never end on a clock that stands.
      const stopping = world.delivery.stop()
      await world.discord.clock.advance(5000)
      await stopping
    }
  })

  it('because it hangs, of many that wait, in a process that is started again every 45 s', async () => {
    world.more.wireClock = world.discord.clock
    breaks({ kind: 'hang' })
    for (let id = 1; id <= 40; id++) world.commit(alarm(id))
    const stop = async () => {
      const stopping = world.delivery.stop()
      await world.discord.clock.advance(5000)
      await stopping
    }
    for (let seconds = 0; seconds < 400; seconds += 5) {
      if (seconds % 45 === 0) {
        const starting = world.restart(10_000)
        await world.discord.clock.advance(5000)
        await Promise.race([starting, setTimeout(20)])
      }
      await world.discord.clock.advance(5000)
      await setTimeout(seconds < 300 ? 10 : 100)
    }
    await expect.poll(() => lines().length).toBeGreaterThanOrEqual(5)
    await stop()
  })

  it('keeps what is no line, and drops what was over before', async () => {
    breaks()
    const nowMs = world.discord.clock.now()
    world.commit(bulletin('digest', 'a week', { title: 'table' }, nowMs))
    world.commit(bulletin('bot:clock', 'the clock is wrong', null, nowMs))
    world.commit(...['a', 'b'].map((identity, index) => aMessage(index + 1, {}, { identity })))
    await world.delivery.flush()
    await minutes(6)
    expect(world.said()).toEqual([
      expect.stringMatching(/3 messages wait/),
      'the clock is wrong',
      expect.stringMatching(/^🟡 2 warning on Osmosis.*\n.*#1\n.*#2$/),
    ])
    world.faults.clear()
    await minutes(6)
    expect(world.posts().map(({ content }) => content)).toEqual([
      'a week',
      expect.stringMatching(/^⚠️ 2 messages were not/),
    ])
  })

  it('is not doubled where the webhook had accepted it all the same', async () => {
    breaks({ kind: 'answer', status: 502, afterAccept: true })
    world.faults.add('bot', page(503), { method: 'GET', times: Infinity })
    await tell(alarm(1))
    await minutes(2)
    world.faults.clear()
    breaks()
    await tell(alarm(2))
    await minutes(8)
    expect(alarms()).toEqual(['1'])
    expect(lines()).toEqual([expect.stringMatching(/alarm 2/)])
  })

  it('goes on trying where the bot cannot speak either, and says it once', async () => {
    breaks()
    world.faults.add('bot', page(503), { times: Infinity })
    await tell(alarm(1))
    await minutes(10)
    expect(world.said()).toEqual([])
    world.faults.clear()
    await minutes(6)
    expect([...alarms(), ...lines()]).toHaveLength(1)
    breaks()
    world.faults.add('bot', { kind: 'answer', status: 504, afterAccept: true }, { method: 'POST', times: 2 })
    await tell(alarm(2))
    await minutes(12)
    expect(lines().filter((line) => line.includes('alarm 2'))).toHaveLength(1)
  })

  it.each([
    ['a login page', page(200, LOGIN_PAGE)],
    ['JSON of somebody else', page(200, { ok: true })],
    ['nothing', page(204, '')],
  ])('what %s answers before all of Discord tells nobody', async (_, answer) => {
    breaks(answer)
    world.faults.add('bot', answer, { times: Infinity })
    await tell(alarm(1))
    await minutes(20)
    world.faults.clear()
    await minutes(8)
    expect([...alarms(), ...lines()]).toHaveLength(1)
  })

  it('is told once where it ends while the bot says it', async () => {
    let answers = () => {}
    const answered = new Promise<void>((resolve) => {
      answers = resolve
    })
    world.more.sayInChannel = async (...args) => {
      const said = await world.channels.say(...args)
      if (args[1].includes('alarm')) await answered
      return said
    }
    await world.restart()
    breaks()
    await tell(alarm(1))
    await minutes(4.5)
    const speaking = minutes(0.5)
    await expect.poll(() => lines().length).toBe(1)
    const stopping = world.delivery.stop()
    answers()
    await Promise.all([stopping, speaking])
    world.faults.clear()
    await world.restart()
    await minutes(6)
    expect([...alarms(), ...lines()]).toHaveLength(1)
  })

  it.each<[string, boolean]>([
    ['the answer to what the bot said is lost', false],
    ['the process dies before it is noted', true],
  ])('is told once where %s and the webhook works again', async (_, dies) => {
    breaks()
    world.faults.add(
      'bot',
      { kind: 'answer', status: 504, afterAccept: true },
      { method: 'POST', holds: 'alarm 1' },
    )
    world.faults.add('bot', page(503), { method: 'POST', holds: 'alarm 2' })
    // Somebody else repeats it.
    world.discord.world.say(world.discord.ann.user.id, world.discord.channel.id, '🔴 alarm 2. #2 <@&100>')
    await tell(alarm(1), alarm(2))
    await minutes(5)
    expect(lines()).toEqual([expect.stringMatching(/alarm 1/)])
    world.faults.clear()
    if (dies) await world.restart()
    await tell(alarm(3))
    await minutes(6)
    expect(lines()).toHaveLength(1)
    expect(alarms()).toEqual(['2', '3'])
    expect(world.posts().map(({ content }) => content)).toContainEqual(
      expect.stringMatching(/^⚠️ 1 message was/),
    )
  })

  it('is not counted by the default webhook where its route has left', async () => {
    const other = world.discord.world.addChannel('testnets').id
    breaks()
    await tell(alarm(1))
    await minutes(6)
    world.faults.clear()
    const left = world.discord.server.webhookUrl(world.discord.world.createWebhook(other))
    world.more.webhooks = { [WEBHOOK]: left }
    world.database.run("UPDATE outbox SET webhook = 'LEFT'")
    await world.restart()
    await minutes(6)
    expect(world.discord.world.messages(other)).toEqual([])
    expect(world.delivery.status().waiting).toBe(0)
  })

  it('by all after it failed for one alone', async () => {
    world.faults.add('webhook', page(403), { method: 'POST', holds: 'alarm 1', times: Infinity })
    await tell(alarm(1), alarm(2))
    for (const ms of [10_000, 1000]) await world.passing(ms)
    expect(alarms()).toEqual(['2'])
    world.faults.clear()
    breaks({ kind: 'rate-limit', retryAfterS: 3600 })
    await minutes(6)
    expect([...alarms(), ...lines()]).toEqual(['2', expect.stringContaining('alarm 1')])
  })

  it('what the bot cannot say either holds up nothing behind it', async () => {
    breaks()
    world.faults.add('bot', json(400, 50035, 'Invalid Form Body'), { holds: 'poison', times: Infinity })
    for (let id = 1; id <= 25; id++) world.commit(alarm(id, { headline: `🔴 poison ${id}.` }))
    await tell(...Array.from({ length: 20 }, (_, index) => alarm(index + 30)))
    await minutes(9)
    expect(lines()).toHaveLength(20)
    world.faults.clear()
    await minutes(6)
    expect(world.posts().filter(({ content }) => content.includes('poison')).length + lines().length).toBe(45)
  })

  it('is not called dead for a failure after which nothing was tried any more', async () => {
    breaks()
    await tell(alarm(1))
    // It was over before it was tried again.
    world.database.run('UPDATE outbox SET superseded_ms = 1')
    await minutes(1)
    world.faults.clear()
    await minutes(10)
    await tell(alarm(2))
    expect(alarms()).toEqual(['2'])
    expect(world.said()).toEqual([])
  })

  it('a clock that goes back puts off nothing', async () => {
    breaks()
    world.faults.add('bot', page(403), { method: 'POST', times: 1 })
    await tell(alarm(1))
    await minutes(5.5)
    world.discord.clock.set(world.discord.clock.now() - HOUR_MS)
    await tell(alarm(2))
    await minutes(6)
    expect(lines()).toHaveLength(2)
  })

  it('over restarts is one outage: nothing waits anew', async () => {
    breaks()
    await tell(alarm(1))
    for (let i = 0; i < 3; i++) {
      await minutes(2)
      await world.restart()
    }
    await minutes(1)
    expect(lines()).toHaveLength(1)
    await world.restart()
    world.faults.clear()
    await minutes(6)
    expect(world.posts().map(({ content }) => content)).toEqual([expect.stringMatching(/^⚠️ 1 message was/)])
    expect(world.said().at(-1)).toMatch(/works again/)
  })
})
