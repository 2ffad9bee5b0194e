// The doctor's judgement of what only Discord itself can bring about: used up logins, closed sockets, missing scopes.
import { describe, expect, it } from 'vitest'
import { discordFindings, mentionsOf } from '../../../../src/cli/doctor/discord.ts'
import { settingsOf } from '../../../../src/config/index.ts'
import type { DiscordFacts } from '../../../../src/discord/probe.ts'

const ROLE = '111111111111111111'
const GUILD = '222222222222222222'
const chains = [{ chainId: 'one-1', rest: ['https://lcd.example.org'] }]
const settings = await settingsOf({
  discord: { guildId: GUILD },
  alerts: { mention: [`<@&${ROLE}>`] },
  chains,
})

function facts(more: Partial<DiscordFacts> = {}): DiscordFacts {
  const roles = new Map([[ROLE, { name: 'watch', mentionable: false }]])
  return {
    user: { id: '333333333333333333', tag: 'bot' },
    application: { ok: true, value: { id: '333333333333333333', messageContent: true } },
    sessions: { ok: true, value: { total: 1000, remaining: 10, resetAfterMs: 3_600_000 } },
    socketProblem: null,
    guilds: {
      ok: true,
      value: new Map([[GUILD, { ok: true, value: { name: 'Relayers', roles, missing: [] } }]]),
    },
    commands: { ok: true, value: [] },
    channels: new Map(),
    members: new Map(),
    ...more,
  }
}
const found = (more: Partial<DiscordFacts>) => discordFindings(settings, { ok: true, value: facts(more) })
const bad = (more: Partial<DiscordFacts>) => found(more).filter(({ level }) => level !== 'ok')
const refused = (status: number | null, code: number | null = null) =>
  ({ ok: false, status, code, reason: 'no' }) as const

describe('discordFindings', () => {
  it('finds nothing bad where nothing is', () => expect(bad({})).toEqual([]))

  it.each([
    [9, 'warning'],
    [0, 'wrong'],
  ])('%i logins left are %s', (remaining, level) => {
    const sessions = { ok: true, value: { total: 1000, remaining, resetAfterMs: 3_600_000 } } as const
    expect(bad({ sessions })).toMatchObject([{ subject: 'gateway', level }])
  })

  it('says that the socket is closed to this machine', () => {
    expect(bad({ socketProblem: 'ETIMEDOUT' })).toMatchObject([{ subject: 'gateway', level: 'wrong' }])
  })

  it('says that the bot was invited without its slash commands, and of nothing else that it was', () => {
    expect(bad({ commands: refused(403, 50001) })[0]!.text).toContain('applications.commands')
    expect(bad({ commands: refused(503) })).toMatchObject([{ level: 'warning' }])
  })

  it('fails where slash commands go to another address than the bot', () => {
    const application = (interactionsEndpoint: string | null) => {
      const value = { id: '333333333333333333', messageContent: true, interactionsEndpoint }
      return { application: { ok: true, value } } as const
    }
    expect(bad(application(null))).toEqual([])
    expect(bad(application('https://other.example.org/hook/s3cret'))).toMatchObject([
      {
        subject: 'interactions',
        level: 'wrong',
        text: expect.stringMatching(/ to other\.example\.org and not to this bot$/),
        mend: expect.stringContaining('Empty Interactions Endpoint URL'),
      },
    ])
  })

  it('does not take what it could not ask for wrong', () => {
    const levels = bad({ guilds: refused(503), application: refused(503) }).map(({ level }) => level)
    expect(levels).toEqual(['warning', 'warning'])
  })

  it('names the rights that the bot lacks in a server without command channels', () => {
    const value = { name: 'Relayers', roles: new Map(), missing: ['Send Messages'] as const }
    const guilds = { ok: true, value: new Map([[GUILD, { ok: true, value }]]) } as never
    expect(bad({ guilds })[0]).toMatchObject({ subject: 'server', level: 'warning' })
    expect(bad({ guilds })[0]!.text).toContain('lacks Send Messages')
  })

  it('knows that a webhook tags roles that members may not mention', () => {
    const [mention] = found({}).filter(({ subject }) => subject.startsWith('mention'))
    expect(mention).toMatchObject({ level: 'ok' })
    expect(mention!.text).toContain('not mentionable by members')
  })
})

describe('mentionsOf', () => {
  it('collects them from alerts, routes, chains and wallets, each once', async () => {
    const [a, b, c, d] = ['1', '2', '3', '4'].map((digit) => `<@&${digit.repeat(18)}>`) as [
      string,
      string,
      string,
      string,
    ]
    const all = await settingsOf({
      alerts: { mention: [a], routes: [{ chains: ['one-1'], webhook: 'OTHER_URL', mention: [b] }] },
      chains: [
        {
          ...chains[0],
          alerts: { mention: [a, c] },
          wallets: [{ address: 'cosmos1x', threshold: '1', mention: [d] }],
        },
      ],
    })
    expect(mentionsOf(all).sort()).toEqual([a, b, c, d])
  })
})
