// What people try of their pagers: the doctor's look, which pages nobody, and the test page, which is resolved.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { type PagerServer, startPagerServer } from '../../sandbox/pagers/server.ts'
import { retryAfter } from '../../sandbox/pagers/telegram.ts'
import { PAGER_KINDS } from '../../src/alerts/pagers/settings.ts'
import { lookAtPagers } from '../../src/cli/doctor/pagers.ts'
import { runTestAlert } from '../../src/cli/test-alert.ts'
import { settingsOf } from '../../src/config/index.ts'
import { captured } from '../support/cli.ts'
import { startWebhookServer } from '../support/webhook-server.ts'

let server: PagerServer
let discord: Awaited<ReturnType<typeof startWebhookServer>>
let folder: string
let secrets: Record<string, string>
beforeEach(async () => {
  server = await startPagerServer()
  discord = await startWebhookServer()
  folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-pagers-'))
  secrets = Object.fromEntries(PAGER_KINDS.map((kind) => [kind.toUpperCase(), server.secrets[kind]]))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await Promise.all([server.close(), discord.close()])
})

const config = (kinds: readonly string[] = PAGER_KINDS) => ({
  alerts: { pagers: kinds.map((kind) => ({ kind, secret: kind.toUpperCase(), chains: ['one-1'] })) },
  chains: [{ chainId: 'one-1', name: 'One', rest: ['https://lcd.example.org'] }],
})
const look = async () => {
  const findings = await lookAtPagers(await settingsOf(config()), secrets, 2000)
  return Object.fromEntries(findings.map(({ subject, level, text }) => [subject, `${level}: ${text}`]))
}

async function test(kinds: readonly string[] = PAGER_KINDS) {
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify(config(kinds)))
  const written = captured()
  written.io.env = { DISCORD_WEBHOOK_URL: discord.url(), ...secrets }
  const clock = new ManualClock()
  const sleep = (ms: number) => clock.advance(ms)
  const deps = { clock: { now: () => clock.now(), at: clock.at.bind(clock), sleep } }
  const code = await runTestAlert({ config: file, mention: false, pager: true }, written.io, deps)
  return { code, said: written.err() }
}

describe('the doctor', () => {
  it('asks each pager what it can, and pages nobody', async () => {
    const found = await look()
    expect(Object.values(found).every((text) => text.startsWith('ok: '))).toBe(true)
    expect(found.WEBHOOK).toContain('cannot be asked without paging')
    const { pagerduty, ntfy, telegram, hook } = server
    expect([pagerduty.incidents, ntfy.messages, telegram.messages, hook.pages].flat()).toEqual([])
  })

  it('says what is wrong with each, and shows no secret', async () => {
    secrets.PAGERDUTY = `${server.url} ${'y'.repeat(32)}`
    secrets.TELEGRAM = server.secrets.telegram.replace('made-up', 'revoked')
    secrets.NTFY = 'http://127.0.0.1:1/topic'
    delete secrets.WEBHOOK
    const found = await look()
    expect(found).toMatchObject({
      PAGERDUTY: 'wrong: pagerduty refuses it: 400 Event object is invalid: Invalid routing key',
      TELEGRAM: 'wrong: telegram refuses it: 401 Unauthorized',
      NTFY: expect.stringMatching(/^wrong: ntfy could not be asked: /),
      WEBHOOK: 'wrong: WEBHOOK is missing',
    })
    expect(JSON.stringify(found)).not.toMatch(/yyyy|revoked/)
  })
})

describe('test-alert --pager', () => {
  it('sends a test page to each, resolves it, waits as it is asked to, and exits with 0', async () => {
    server.faults = ({ path }) => (path.startsWith('/bot') ? { answer: retryAfter(30) } : null)
    const { telegram } = server
    const first = await test(['telegram'])
    expect(first).toMatchObject({ code: 1 })
    expect(first.said).toContain('It asks to wait 30 s')
    server.faults = []
    const { code, said } = await test()
    expect(code).toBe(0)
    expect(said.match(/(trigger|resolve): accepted/g)).toHaveLength(8)
    expect(server.pagerduty.incidents).toMatchObject([{ status: 'resolved', log: ['trigger', 'resolve'] }])
    expect(server.ntfy.messages.map(({ priority }) => priority)).toEqual([5, 2])
    expect(server.hook.pages.map(({ action }) => action)).toEqual(['trigger', 'resolve'])
    expect(telegram.messages[0]!.text).toMatch(/^TEST /)
  })

  it('exits with 1 when one is not taken, and refuses to begin without a pager, or with a secret that is missing', async () => {
    server.telegram.chats.set('-1001234567890', 'blocked')
    const { code, said } = await test(['telegram', 'ntfy'])
    expect(code).toBe(1)
    expect(said).toContain('trigger: NOT ACCEPTED, 403 Forbidden: bot was blocked by the user')
    expect(said).not.toContain(server.telegram.token)
    await expect(test([])).rejects.toThrow('No pager is configured')
    delete secrets.NTFY
    await expect(test(['ntfy'])).rejects.toThrow('NTFY is missing. Put the URL of the topic into it')
  })
})
