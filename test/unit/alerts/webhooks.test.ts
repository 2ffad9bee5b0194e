// Which URLs are webhooks.
import { describe, expect, it } from 'vitest'
import { destinations } from '../../../src/alerts/routes.ts'
import { webhookSecrets, webhookUrls } from '../../../src/alerts/webhooks.ts'
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

describe('channels in place of URLs', () => {
  const A = '111111111111111111'
  const B = '222222222222222222'
  const of = (alerts: object) => settingsOf({ chains: ['osmosis', 'cosmoshub'], alerts })

  it('need no secret, and win over one, which is then the way around; one that is wrong is said', async () => {
    const settings = await of({ channel: A, routes: [{ chains: ['osmosis'], channel: B, webhook: 'B_URL' }] })
    expect(webhookSecrets(settings)).toEqual(['DISCORD_WEBHOOK_URL', 'B_URL'])
    const urls = {
      DISCORD_WEBHOOK_URL: `discord://channels/${A}`,
      [`channel ${B}`]: `discord://channels/${B}`,
    }
    expect(webhookUrls(settings, {})).toEqual({ urls, around: {}, problems: [] })
    expect(webhookUrls(settings, { B_URL: URL })).toEqual({ urls, around: { [B]: URL }, problems: [] })
    expect(webhookUrls(settings, { DISCORD_WEBHOOK_URL: 'https://example.org' }).problems).toHaveLength(1)
  })

  it('are one way where two routes name one, which tags for both', async () => {
    const tags = ['<@&333333333333333333>', '<@&444444444444444444>']
    const chains = ['osmosis']
    const settings = await of({
      channel: A,
      routes: [
        { chains, channel: B, mention: [tags[0]] },
        { chains, channel: B, webhook: 'B_URL', mention: tags },
        { chains: ['cosmoshub'], channel: A },
      ],
    })
    expect(destinations(settings, 'osmosis-1', [])).toEqual([{ webhook: `channel ${B}`, mention: tags }])
    expect(destinations(settings, 'cosmoshub-4', [])).toEqual([
      { webhook: 'DISCORD_WEBHOOK_URL', mention: [] },
    ])
    expect(webhookSecrets(settings)).toEqual(['DISCORD_WEBHOOK_URL', 'B_URL'])
  })

  it.each([
    [{ routes: [{ chains: ['osmosis'] }] }, "alerts.routes[0]: say where to: `channel: 'ID'`"],
    [{ channel: '123' }, 'alerts.channel: not a Discord id'],
    [{ channel: 1111111 }, 'alerts.channel: a Discord id is written in quotes'],
  ])('%j is refused', async (alerts, problem) => {
    await expect(of(alerts)).rejects.toThrow(problem)
  })
})
