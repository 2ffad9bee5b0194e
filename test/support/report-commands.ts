// The commands that read, over a world that a test writes down: run, refused, and what ids stand in an answer.
import { expect } from 'vitest'
import type { Acts } from '../../src/alerts/acknowledge.ts'
import type { AlertState } from '../../src/alerts/types.ts'
import type { ChainStatus } from '../../src/clients/chain-status.ts'
import { clientCommand } from '../../src/clients/commands/client.ts'
import type { ClientCommandDeps } from '../../src/clients/commands/deps.ts'
import type { SeldomAnswer } from '../../src/clients/knowledge.ts'
import type { ClientRow, HistoryRow } from '../../src/clients/types.ts'
import type { Call, Command } from '../../src/discord/command.ts'
import { HOUR_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { Refusal } from '../../src/kernel/errors.ts'
import { type BotStatus, reportCommands } from '../../src/report/commands/index.ts'
import { aCall, aClient, aDirectory, NOW } from './client-rows.ts'

export const OK: ChainStatus = {
  state: 'ok',
  sinceMs: null,
  reason: null,
  readMs: NOW - 4 * MINUTE_MS,
  sweep: {
    startedMs: NOW - 5 * MINUTE_MS,
    finishedMs: NOW - 4 * MINUTE_MS,
    clients: 1034,
    unreadable: 0,
    requests: 1201,
    gaps: [],
    error: null,
  },
  endpoints: [],
}

export const BOT: BotStatus = {
  version: '0.1.0',
  startedMs: NOW - 3 * HOUR_MS,
  webhooks: [
    {
      name: 'DISCORD_WEBHOOK_URL',
      waiting: 0,
      oldestMs: null,
      goneSinceMs: null,
      goneReason: null,
      lastError: null,
    },
  ],
  discordProblem: null,
  ownProblems: [],
  database: { path: 'data/monitor.sqlite', bytes: 5 * 1024 * 1024 },
}

export interface World {
  clients?: ClientRow[]
  history?: HistoryRow[]
  answered?: Record<string, SeldomAnswer>
  open?: { identity: string; state: AlertState }[]
  status?: Record<string, Partial<ChainStatus>>
  bot?: Partial<BotStatus>
  ibcGoMajor?: ClientCommandDeps['ibcGoMajor']
  /** For what changes something. */
  acts?: Acts
  escalateAfterMs?: number | undefined
}

export function commandsOf(world: World): Command[] {
  const rows = world.clients ?? []
  const deps: Parameters<typeof reportCommands>[0] & ClientCommandDeps = {
    directory: aDirectory(),
    store: {
      client: (chainId, clientId) =>
        rows.find((row) => row.chainId === chainId && row.clientId === clientId) ?? null,
      clients: (chainId) => rows.filter((row) => chainId === undefined || row.chainId === chainId),
      history: (_chain, _client, limit) => (world.history ?? []).slice(0, limit),
      turns: () => [],
      answered: (_chain, question) => world.answered?.[question] ?? null,
    },
    openAlerts: () => world.open ?? [],
    acts: world.acts!,
    escalateAfterMs: world.escalateAfterMs,
    chainOf: () => null,
    chainStatus: (chainId) => ({ ...OK, ...world.status?.[chainId] }),
    botStatus: () => ({ ...BOT, ...world.bot }),
    blockBefore: () => null,
    ibcGoMajor: world.ibcGoMajor ?? (async () => null),
  }
  return [...reportCommands(deps), clientCommand(deps) as Command]
}

export function run(world: World, name: string, args: object = {}, call: Partial<Call> = {}) {
  return commandsOf(world)
    .find((command) => command.name === name)!
    .run(args, aCall(call))
}

export const client = (id: string, leftMs: number, more: Partial<ClientRow> = {}) =>
  aClient({ clientId: id, ...more }, NOW + leftMs)

export async function refusal(answer: Promise<unknown>): Promise<string> {
  const error = await answer.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(Refusal)
  return (error as Refusal).message
}
