// What each kind of pager is sent and what its answers mean: against the local pagers, which refuse what the real ones refuse.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { json } from '../../../../sandbox/pagers/http.ts'
import { tooManyMessages } from '../../../../sandbox/pagers/ntfy.ts'
import { throttled } from '../../../../sandbox/pagers/pagerduty.ts'
import { type PagerServer, startPagerServer } from '../../../../sandbox/pagers/server.ts'
import { retryAfter } from '../../../../sandbox/pagers/telegram.ts'
import { createSend } from '../../../../src/alerts/outbox/send.ts'
import { askPager } from '../../../../src/alerts/pagers/ask.ts'
import { KINDS } from '../../../../src/alerts/pagers/kinds.ts'
import { PAGER_KINDS, type PagerName } from '../../../../src/alerts/pagers/settings.ts'
import { pagerTargets } from '../../../../src/alerts/pagers/targets.ts'
import type { PageToSend } from '../../../../src/alerts/pagers/types.ts'
import { T0 } from '../../../support/alerts.ts'

let server: PagerServer
const { send, close } = createSend(2000)
beforeAll(async () => {
  server = await startPagerServer()
})
afterAll(async () => {
  await server.close()
  await close()
})
beforeEach(() => {
  server.faults = []
})

const PAGE: PageToSend = {
  action: 'trigger',
  key: 'ibc-monitor/777/ibc:osmosis-1/07-tendermint-1/critical',
  level: 'critical',
  summary: '🟠 20 h left: Osmosis 07-tendermint-1 (tracks Cosmos Hub), expires Sun 22 Nov 22:04 UTC #41',
  details: 'hermes update client --host-chain osmosis-1 --client 07-tendermint-1',
  atMs: T0,
  url: 'https://discord.com/channels/1/2',
  alerts: [
    {
      number: 41,
      identity: 'ibc:osmosis-1/07-tendermint-1',
      level: 'critical',
      headline: '🟠 20 h left: Osmosis 07-tendermint-1',
      deadlineMs: T0 + 1,
    },
  ],
}

async function page(kind: PagerName, more: Partial<PageToSend> = {}, secret = server.secrets[kind]) {
  const settings = {
    alerts: { pagers: [{ kind, secret: 'PAGER', from: 'critical' as const, chains: null }] },
  }
  const { pagers, problems } = pagerTargets(settings, { PAGER: secret })
  expect(problems).toEqual([])
  return askPager(send, { kind }, KINDS[kind].request(pagers[0]!.target, { ...PAGE, ...more }))
}

const huge = 'ä€🧊'.repeat(20_000)
const EXTREMES: Partial<PageToSend>[] = [
  {},
  { action: 'acknowledge', summary: '👀 Somebody has it until 18:00 UTC: new key on the way' },
  { action: 'resolve', summary: '🟢 over: it was', details: '' },
  { summary: huge, details: huge },
  { summary: '🟠', details: '', url: null, alerts: [] },
  { level: 'frozen', alerts: [{ ...PAGE.alerts[0]!, deadlineMs: Number.MAX_SAFE_INTEGER }] },
  { alerts: Array.from({ length: 1000 }, (_, number) => ({ ...PAGE.alerts[0]!, number })) },
  { key: 'k'.repeat(255), level: 'low' },
]

describe.each(PAGER_KINDS)('a pager of the kind %s', (kind) => {
  it('takes every page, however long its texts are', async () => {
    for (const more of EXTREMES)
      expect(await page(kind, more), JSON.stringify(more).slice(0, 80)).toEqual({ kind: 'accepted' })
  })

  it('is not taken for having accepted what something before it answers, or nobody', async () => {
    for (const status of [200, 202, 302, 403, 404, 500, 502, 503]) {
      server.faults = [
        { answer: { status, headers: { location: 'http://169.254.169.254/' }, body: '<html>Log in</html>' } },
      ]
      expect((await page(kind)).kind, String(status)).toBe(
        kind === 'webhook' && [403, 404].includes(status) ? 'refused' : 'wait',
      )
    }
    server.faults = [{ how: 'reset' }]
    expect(await page(kind)).toMatchObject({ kind: 'wait', isCertain: false })
    expect(await page(kind, {}, server.secrets[kind].replace(/:\d+/, ':1'))).toMatchObject({
      kind: 'wait',
      isCertain: true,
    })
  })

  it('is asked again after what it asks to wait for', async () => {
    server.faults = [
      { answer: json(429, {}, { 'retry-after': '17' }) },
      { answer: json(503, {}, { 'retry-after': '3' }) },
    ]
    expect(await page(kind)).toMatchObject({ kind: 'wait', waitMs: 17_000 })
    expect(await page(kind)).toMatchObject({ kind: 'wait', waitMs: 3000 })
  })
})

describe('a success that says that it is none', () => {
  const bodies: Record<PagerName, unknown[]> = {
    pagerduty: [
      {},
      { status: 'invalid event', message: 'Event object is invalid', errors: ['x'] },
      [],
      'success',
    ],
    ntfy: [{}, { code: 40009, http: 400, error: 'invalid request: topic invalid' }, { id: 7 }],
    telegram: [{}, { ok: false, error_code: 400, description: 'Bad Request' }, { ok: 'yes' }],
    webhook: [
      ...[{ ok: false }, { error: 'x' }, { errors: ['x'] }, { status: 'failed' }, { success: false }],
      ...[{ ok: 'false' }, { success: 0 }, { status: 'rejected' }, { status: 500 }, { statusCode: 403 }],
      ...[{ errcode: 310000, errmsg: 'x' }, { errorMessage: 'x', errorType: 'Error' }, [{ error: 'x' }]],
      ...[{ data: null, errors: { base: 'x' } }],
    ],
  }
  it.each(PAGER_KINDS)('of %s is no acceptance', async (kind) => {
    for (const body of bodies[kind])
      for (const status of [200, 202]) {
        server.faults = [{ answer: json(status, body) }]
        expect((await page(kind)).kind, JSON.stringify(body)).not.toBe('accepted')
      }
  })
})

it('what a webhook of somebody answers to a page that it took is an acceptance', async () => {
  const taken: unknown[] = [
    null,
    1,
    '',
    'ok',
    [],
    {},
    { ok: true, error: null },
    { errors: {} },
    { errors: [] },
  ]
  const numbered = [
    { errcode: 0, errmsg: 'ok' },
    { status: 200 },
    { status: 'success', error: '' },
    { code: 0 },
  ]
  for (const body of [...taken, ...numbered, { error: false, errors: 0 }]) {
    server.faults = [{ answer: json(200, body) }]
    expect(await page('webhook'), JSON.stringify(body)).toEqual({ kind: 'accepted' })
  }
  for (const body of [
    '<?xml version="1.0"?><!DOCTYPE html>',
    '<!-- x -->\n<html>',
    '<head>',
    '\ufeff<html>',
  ]) {
    server.faults = [{ answer: { status: 200, headers: {}, body } }]
    expect((await page('webhook')).kind, body).toBe('wait')
  }
})

describe('what the real ones refuse', () => {
  it('PagerDuty: a key that is none, with its words; too much, for as long as it passes', async () => {
    const wrong = `${server.url} ${'x'.repeat(32)}`
    expect(await page('pagerduty', {}, wrong)).toEqual({
      kind: 'refused',
      reason: '400 Event object is invalid: Invalid routing key',
    })
    server.faults = [{ answer: throttled() }]
    expect(await page('pagerduty')).toMatchObject({ kind: 'wait', waitMs: null, reason: '429' })
  })

  it('ntfy: a topic that wants a token, and messages over the limit', async () => {
    server.ntfy.token = 'tk_secret'
    expect(await page('ntfy')).toEqual({ kind: 'refused', reason: '403 forbidden' })
    expect(await page('ntfy', {}, `${server.secrets.ntfy} tk_other`)).toEqual({
      kind: 'refused',
      reason: '401 unauthorized',
    })
    expect(await page('ntfy', {}, `${server.secrets.ntfy} tk_secret`)).toEqual({ kind: 'accepted' })
    server.ntfy.token = null
    server.faults = [{ answer: tooManyMessages() }]
    expect(await page('ntfy')).toMatchObject({ kind: 'wait' })
    const { priority, tags, click, message } = server.ntfy.messages.at(-1)!
    expect({ priority, tags, click }).toEqual({
      priority: 5,
      tags: ['rotating_light', 'critical'],
      click: PAGE.url,
    })
    expect(message).toBe(`${PAGE.summary}\n${PAGE.details}`)
  })

  it('Telegram: what it asks to wait, a bot that is blocked, a chat that has moved', async () => {
    const { chats } = server.telegram
    server.faults = [{ answer: retryAfter(34) }, { answer: { ...retryAfter(5), status: 200 } }]
    expect(await page('telegram')).toMatchObject({ kind: 'wait', waitMs: 34_000 })
    expect(await page('telegram')).toMatchObject({ kind: 'wait', waitMs: 5000 })
    const [id] = [...chats.keys()]
    chats.set(id!, 'blocked')
    expect(await page('telegram')).toEqual({
      kind: 'refused',
      reason: '403 Forbidden: bot was blocked by the user',
    })
    chats.set(id!, { movedTo: '-1009999999999' })
    expect(await page('telegram')).toMatchObject({ kind: 'refused', to: '-1009999999999' })
    chats.set(id!, 'open')
    await page('telegram', { action: 'resolve' })
    await page('telegram')
    expect(server.telegram.messages.slice(-2).map((one) => one.disable_notification)).toEqual([true, false])
  })

  it('a webhook: never repeats what it answers, which may name its address', async () => {
    server.faults = [{ answer: json(422, { error: `POST ${server.secrets.webhook}` }) }]
    expect(await page('webhook')).toEqual({ kind: 'refused', reason: '422' })
    server.hook.token = 'a-token'
    expect(await page('webhook', {}, `${server.secrets.webhook} a-token`)).toEqual({ kind: 'accepted' })
    server.hook.token = null
    expect(server.hook.pages.at(-1)).toMatchObject({
      key: PAGE.key,
      at: '2026-11-20T10:00:00.000Z',
      alerts: [{ number: 41, deadline: '2026-11-20T10:00:00.001Z' }],
    })
  })
})

describe('the questions that page nobody', () => {
  it.each(['pagerduty', 'ntfy', 'telegram'] as const)(
    'of %s is answered, and nobody hears of it',
    async (kind) => {
      const settings = {
        alerts: { pagers: [{ kind, secret: 'PAGER', from: 'critical' as const, chains: null }] },
      }
      const [pager] = pagerTargets(settings, { PAGER: server.secrets[kind] }).pagers
      const counts = () => [
        server.ntfy.messages.length,
        server.telegram.messages.length,
        server.pagerduty.incidents.length,
      ]
      const before = counts()
      expect(await askPager(send, { kind }, KINDS[kind].question!(pager!.target))).toEqual({
        kind: 'accepted',
      })
      expect(counts()).toEqual(before)
    },
  )
})
