// A process that dies between the commit of a notice and the answer to it: what was told is told once.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSend, type Send, SendError, type WebhookAnswer } from '../../src/alerts/outbox/send.ts'
import { MINUTE_MS } from '../../src/kernel/duration.ts'
import { aMessage, T0 } from '../support/alerts.ts'
import {
  clock,
  commit,
  delivery,
  observe,
  restart,
  server,
  setUp,
  tearDown,
} from '../support/alerts-delivery.ts'

beforeEach(setUp)
afterEach(tearDown)

describe('a process that dies', () => {
  const reads = () => {
    const calls: [string, number][] = []
    const readChannel = async (channel: string, sinceMs: number) => {
      calls.push([channel, sinceMs])
      return server.channel()
    }
    return { calls, readChannel }
  }

  it('between the commit and the sending: sent after the start', async () => {
    observe(1, 'warning')
    await restart()
    expect(server.messages.size).toBe(1)
  })

  it.each([
    ['before Discord accepts', false],
    ['after Discord accepted', true],
  ])('%s: told once, as the channel can be read', async (_, accepts) => {
    server.fail({ how: 'hang', accepts })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    const { calls, readChannel } = reads()
    await restart({ readChannel })
    expect(server.contents()).toEqual(['🟡 warning 1 <@&100>'])
    expect(calls).toEqual([['777', T0 - 10 * MINUTE_MS]])
    observe(1, 'ok')
    await delivery.flush()
    expect(server.contents()).toEqual(['🟢 over: 🟡 warning 1', '🟢 1 is well #1'])
  })

  it('after Discord accepted, and the channel cannot be read: told twice rather than not', async () => {
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    await restart({ readChannel: async () => null })
    expect(server.messages.size).toBe(2)
  })

  it('waits while the channel is not readable for the moment, 10 minutes at most', async () => {
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    let works = false
    await restart({
      readChannel: async () => {
        if (!works) throw new Error('503')
        return server.channel()
      },
    })
    await clock.advance(MINUTE_MS)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    works = true
    await clock.advance(5 * MINUTE_MS)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
  })

  it('does not wait for ever for the channel', async () => {
    server.fail({ how: 'hang' })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    await restart({ readChannel: () => Promise.reject(new Error('503')) })
    for (let i = 0; i < 8; i++) {
      await clock.advance(2 * MINUTE_MS)
      await delivery.flush()
    }
    expect(server.messages.size).toBe(1)
  })

  it.each<[string, () => Promise<WebhookAnswer>]>([
    ['429', async () => ({ status: 429, headers: {}, body: { retry_after: 60 } })],
    ['407', async () => ({ status: 407, headers: {}, body: '<html>' })],
    ['gone', async () => ({ status: 404, headers: {}, body: { code: 10015 } })],
    ['unreachable', () => Promise.reject(new SendError('ECONNREFUSED', 'no'))],
  ])('stays in doubt over attempts that were certainly not accepted: %s', async (_, answer) => {
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    let works = false
    let posts = 0
    const real = createSend(10_000)
    const send: Send = (request) => {
      if (works || request.method === 'GET') return real.send(request)
      posts++
      return answer()
    }
    const readChannel = async () => (works ? server.channel() : Promise.reject(new Error('503')))
    await restart({ send, readChannel })
    for (let i = 0; i < 15; i++) {
      await clock.advance(2 * MINUTE_MS)
      await delivery.flush()
    }
    expect(posts).toBeGreaterThan(1)
    works = true
    await clock.advance(10 * MINUTE_MS)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
    await real.close()
  })

  it('does not take an older message with the same words for this one', async () => {
    const words = { headline: 'the same words', embed: null, group: null }
    commit([aMessage(1, {}, { identity: 'a', ...words })])
    await delivery.flush()
    server.fail({ how: 'hang' })
    commit([aMessage(1, { kind: 'reminder' }, { identity: 'a', ...words })])
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(2)
    await restart({ readChannel: reads().readChannel })
    expect(server.messages.size).toBe(2)
  })

  it.each([
    ['a reset', { how: 'reset' as const }],
    ['a 502 after the fact', { status: 502 }],
    ['a 200 whose body breaks off', { status: 200, how: 'cut' as const }],
  ])('is not needed for doubt: after %s the channel is read too', async (_, fault) => {
    await restart({ readChannel: reads().readChannel })
    server.fail({ ...fault, accepts: true })
    observe(1, 'warning')
    await delivery.flush()
    await clock.advance(1000)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
  })

  it('a time-out is such a doubt', async () => {
    await restart({ readChannel: reads().readChannel, timeoutMs: 100 })
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    await delivery.flush()
    expect(delivery.status().webhooks[0]!.lastError).toBe('no answer within 0.1 s')
    await clock.advance(1100)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
  })

  it('a message that arrives only after the time-out is not told twice', async () => {
    const real = createSend(10_000)
    const timeoutMs = 10_000
    let posts = 0
    const send: Send = async (request) => {
      if (request.method !== 'POST' || ++posts > 1) return real.send(request)
      clock.at(clock.now() + 8000, () => void real.send(request))
      throw new SendError('no answer within 10 s', 'perhaps', { lateMs: timeoutMs })
    }
    await restart({ send, readChannel: reads().readChannel })
    observe(1, 'warning')
    observe(2, 'warning')
    await delivery.flush()
    for (let i = 0; i < 15; i++) {
      await clock.advance(1000)
      await expect.poll(() => server.requests.length).toBe(server.messages.size)
      await delivery.flush()
    }
    expect(server.contents().sort()).toEqual(['🟡 warning 1 <@&100>', '🟡 warning 2 <@&100>'])
    expect(delivery.status().waiting).toBe(0)
    await real.close()
  })

  it('a request takes the login with it that its URL names, and no word of it into what went wrong', async () => {
    const { send, close } = createSend(50)
    const url = server.url().replace('http://', 'http://me:w%C3%B6rd@')
    await send({ method: 'POST', url, body: { content: 'x' } })
    expect(server.requests[0]!.authorization).toBe(`Basic ${Buffer.from('me:wörd').toString('base64')}`)
    server.fail({ how: 'hang' })
    await expect(send({ method: 'POST', url, body: {} })).rejects.not.toThrow(/me|rd@/)
    await send({ method: 'POST', url, headers: { authorization: 'Bearer x' }, body: { content: 'x' } })
    expect(server.requests.at(-1)!.authorization).toBe('Bearer x')
    await close()
  })

  it('a request that nobody answers in time says for how long it may still arrive', async () => {
    const { send, close } = createSend(50)
    server.fail({ how: 'hang' })
    const sent = send({ method: 'POST', url: server.url(), body: {} })
    await expect(sent).rejects.toMatchObject({ arrived: 'perhaps', lateMs: 50 })
    expect(server.requests[0]!.userAgent).toMatch(/^DiscordBot \(https:\/\/[^ ]+, \d+\.\d+\.\d+\)/)
    server.fail({ how: 'reset' })
    await expect(send({ method: 'POST', url: server.url(), body: {} })).rejects.toMatchObject({ lateMs: 0 })
    await close()
  })
})
