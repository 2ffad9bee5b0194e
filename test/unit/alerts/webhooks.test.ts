// Which URLs are webhooks.
import { expect, it } from 'vitest'
import { webhookUrls } from '../../../src/alerts/webhooks.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { secretCutter } from '../../../src/kernel/logger.ts'

const TOKEN = 'abcdefghijklmnopqrstuvwxyz-_0123'
const URL = `https://discord.com/api/webhooks/1234/${TOKEN}`
const settings = await settingsOf({ chains: ['osmosis'] })

it.each([
  [URL, true],
  [`${URL}?thread_id=4711`, true],
  [`${URL}?thread_id=name`, false],
  [`${URL}?wait=true`, false],
  [`${URL}/slack`, false],
])('%s: %s', (url, taken) => {
  const { urls, problems } = webhookUrls(settings, { DISCORD_WEBHOOK_URL: url })
  expect(urls).toEqual(taken ? { DISCORD_WEBHOOK_URL: url } : {})
  expect(problems).toHaveLength(taken ? 0 : 1)
})

it.each([
  'discord.com',
  'ptb.discord.com',
  'discord-proxy:8080',
  '10.0.0.7',
  'localhost.example.org',
  '[2001:db8::1]',
])('http: of %s is refused in a sentence', (host) => {
  const { urls, problems } = webhookUrls(settings, {
    DISCORD_WEBHOOK_URL: `http://${host}/api/webhooks/1234/${TOKEN}`,
  })
  expect(urls).toEqual({})
  expect(problems[0]!.text).toMatch(/^DISCORD_WEBHOOK_URL begins with http:, .* write https: instead/)
})

it.each(['127.0.0.1:8080', 'localhost:8080', '127.9.9.9', '[::1]:8080', 'localhost.'])(
  'http: of this machine, as %s, is taken',
  (host) => {
    const url = `http://${host}/api/webhooks/1234/${TOKEN}`
    expect(webhookUrls(settings, { DISCORD_WEBHOOK_URL: url }).problems).toEqual([])
  },
)

it('a URL with a thread is cut out without it, too', () => {
  const cut = secretCutter([`${URL}?thread_id=4711`])
  expect(cut(`PATCH /api/webhooks/1234/${TOKEN}/messages/1?thread_id=4711 ${TOKEN}`)).not.toContain(TOKEN)
})
