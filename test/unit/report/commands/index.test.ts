// All commands that read: Discord’s rules for them, and names that others made up in every answer.
import { expect, it } from 'vitest'
import type { AlertState } from '../../../../src/alerts/types.ts'
import type { ChainStatus } from '../../../../src/clients/chain-status.ts'
import { createRegistry } from '../../../../src/discord/registry.ts'
import { toPayloads } from '../../../../src/discord/reply.ts'
import { aClient, NOW, textOf } from '../../../support/client-rows.ts'
import { commandProblems } from '../../../support/command-rules.ts'
import { commandsOf, OK, run, type World } from '../../../support/report-commands.ts'

it('breaks none of Discord’s rules for commands', () => {
  const registry = createRegistry(commandsOf({}))
  expect(registry.commands.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['data', 'client', 'alerts', 'digest', 'status']),
  )
  expect(commandProblems(registry)).toEqual([])
})

it('shows names that others made up without live mentions, links or markup, within Discord’s limits', async () => {
  const evil = '@everyone `x` <@1> [x](https://evil.example) **b** ||s|| \u202e\n'.repeat(60).trim()
  const row = aClient({
    clientId: evil,
    clientType: evil,
    trackedChainId: evil,
    reason: evil,
    endpoint: evil,
    unseenSinceMs: NOW,
    connectionIds: Array.from({ length: 200 }, () => evil),
    openChannels: Array.from({ length: 200 }, () => evil),
    farEnds: Array.from({ length: 200 }, () => ({ chainId: evil, clientId: evil, connectionId: evil })),
    trustingPeriodNs: 10n ** 40n,
    expiresNs: 10n ** 40n,
  })
  const state: AlertState = {
    level: 'warning',
    sinceMs: NOW,
    alertId: 1,
    raisedMs: NOW,
    toldLevel: 'warning',
    lastNoticeMs: NOW,
    leftAtNoticeMs: null,
    mentioned: true,
    ack: null,
  }
  const statuses = ['active', 'expired', 'frozen', 'unauthorized', 'unreadable'] as const
  const bad: Partial<ChainStatus> = {
    state: 'blind',
    reason: evil,
    sweep: { ...OK.sweep!, error: evil, gaps: [evil, evil], unreadable: 3 },
    endpoints: Array.from({ length: 20 }, () => ({
      name: evil,
      state: 'failing' as const,
      reason: evil,
      height: null,
      timeNs: null,
      latencyMs: null,
      requestsPerSecond: 1,
    })),
  }
  const webhook = {
    name: evil,
    waiting: 1,
    oldestMs: 0,
    goneSinceMs: null,
    goneReason: evil,
    lastError: evil,
  }
  for (const status of statuses) {
    const clients = Array.from({ length: 12 }, () => ({ ...row, status, frozen: status === 'frozen' }))
    const world: World = {
      clients,
      open: Array.from({ length: 12 }, () => ({ identity: `ibc:osmosis-1/${evil}`, state })),
      status: { 'osmosis-1': bad, 'cosmoshub-4': bad },
      bot: { discordProblem: evil, webhooks: [webhook, { ...webhook, goneSinceMs: 0 }] },
      history: Array.from({ length: 8 }, () => ({ ...row, status, atMs: NOW })),
    }
    const replies = await Promise.all([
      run(world, 'data'),
      run(world, 'client', { client: evil, chain: 'osmosis' }),
      run(world, 'client', { client: `${evil}!` }).catch((error: Error) => ({ text: error.message })),
      run(world, 'alerts'),
      run(world, 'status'),
    ])
    for (const reply of replies) {
      for (const payload of toPayloads(reply)) expect(payload.content.length).toBeLessThanOrEqual(2000)
      const outside = textOf(reply)
        .replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
        .replace(/<t:-?\d+:[Rf]>/g, '')
        // A mark behind a backslash is shown as it is.
        .replace(/\\[^\w\s]/g, '')
      expect(outside).not.toMatch(/[@<>[\]|]|https?:\/\/|\u202e|NaN|undefined/)
    }
  }
})
