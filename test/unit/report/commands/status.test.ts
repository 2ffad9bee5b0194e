// What `status` answers: what is wrong first, each with what mends it.
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../../src/kernel/duration.ts'
import { NOW, textOf } from '../../../support/client-rows.ts'
import { OK, run, type World } from '../../../support/report-commands.ts'

const t = (ms: number, form = 'R') => `<t:${Math.floor(ms / 1000)}:${form}>`

describe('status', () => {
  it('tells version, uptime, queue, database, and each chain’s last sweep', async () => {
    const text = textOf(await run({}, 'status'))
    expect(text).toContain('ibc-monitor 0.1.0, running for 3 h')
    expect(text).toMatch(/^Chain registry: the copy of \d{1,2} \w{3} \d{4}$/m)
    expect(text).toContain('To Discord: nothing waits')
    expect(text).toContain('Database `data/monitor.sqlite`, 5.24 MB')
    expect(text).toContain(
      `🟢 **Osmosis**: swept ${t(NOW - 4 * MINUTE_MS)} in 60 s, 1,034 clients, 1,201 requests`,
    )
    expect(text).not.toContain('What is wrong')
  })

  it('puts what is wrong first, each with what mends it', async () => {
    const gone = {
      name: 'DISCORD_WEBHOOK_URL',
      waiting: 3,
      oldestMs: NOW - HOUR_MS,
      goneSinceMs: NOW - HOUR_MS,
      goneReason: '404 Unknown Webhook',
      lastError: null,
    }
    const bot = { discordProblem: 'Switch on the Message Content intent', webhooks: [gone] }
    const text = textOf(await run({ bot }, 'status'))
    expect(text.split('\n').slice(0, 3)).toEqual([
      'What is wrong',
      '🔴 Discord: Switch on the Message Content intent',
      "🔴 Webhook `DISCORD_WEBHOOK_URL` is gone for 60 min (`404 Unknown Webhook`); 3 kept. Make a new one in the channel's settings and put its URL into `DISCORD_WEBHOOK_URL`.",
    ])
    expect(text).toContain(`To Discord: 3 wait, the oldest since ${t(NOW - HOUR_MS)}`)
  })

  it('puts chains that it cannot read first, with what each endpoint says', async () => {
    const failing = { height: null, timeNs: null, latencyMs: null, requestsPerSecond: 1 }
    const status: World['status'] = {
      'cosmoshub-4': {
        state: 'blind',
        sinceMs: NOW - 14 * MINUTE_MS,
        reason: 'none answers',
        sweep: { ...OK.sweep!, error: 'no endpoint is usable', gaps: ['channels: 500'], unreadable: 2 },
        endpoints: [
          { ...failing, name: 'lcd-a.example.org', state: 'failing', reason: 'time-out' },
          { ...failing, name: 'lcd-b.example.org', state: 'fresh', reason: null },
        ],
      },
    }
    const text = textOf(await run({ status }, 'status'))
    expect(text).toContain('⚫ 1 of 2 chains cannot be read')
    expect(text.indexOf('**Cosmos Hub**')).toBeLessThan(text.indexOf('**Osmosis**'))
    expect(text).toContain('⚫ **Cosmos Hub**: ⚫ **BLIND 14 min**: `none answers`')
    expect(text).toContain('last sweep failed: `no endpoint is usable`')
    expect(text).toContain('2 clients could not be read')
    expect(text).toContain('not listed: `channels: 500`')
    expect(text).toContain('lcd-a.example.org: `time-out`')
    expect(text).not.toMatch(/secret|lcd-b/)
  })

  it('says that a sweep is under way, or that there was none', async () => {
    const running = { ...OK.sweep!, finishedMs: null, startedMs: NOW - 30_000 }
    const status: World['status'] = {
      'osmosis-1': { sweep: running },
      'cosmoshub-4': { state: 'not-read', sweep: null, readMs: null },
    }
    const text = textOf(await run({ status }, 'status'))
    expect(text).toContain('**Osmosis**: being swept for 30 s')
    expect(text).toContain('⚪ **Cosmos Hub**: not swept yet')
  })
})
