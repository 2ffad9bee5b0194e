// Helpers for the faucet's tests: users, addresses, calls, and a faucet at work on a local server and a database.
import { createHash } from 'node:crypto'
import { pino } from 'pino'
import { type FaucetServer, startFaucetServer } from '../../sandbox/faucet/server.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import type { Call, Command, Reply } from '../../src/discord/command.ts'
import { createFaucet, type FaucetDeps, type Faucets } from '../../src/faucet/index.ts'
import { type FaucetInput, type FaucetSettings, faucetSchema } from '../../src/faucet/schema.ts'
import { encodeAddress } from '../../src/kernel/address.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import { Refusal } from '../../src/kernel/errors.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'

export const NOW_MS = Date.UTC(2026, 10, 20, 10, 0, 0)
export const CHANNEL = '900000000000000001'
export const AUDIT_CHANNEL = '900000000000000002'
export const MODERATOR_ROLE = '800000000000000001'
export const SECRET = 'sandbox-faucet-secret'

let ids = 0

/** A Discord id made at this moment (Unix ms); each is different. */
export function snowflake(atMs: number, n = ids++ % 2 ** 22): string {
  return ((BigInt(Math.floor(atMs) - 1_420_070_400_000) << 22n) | BigInt(n)).toString()
}

/** A valid lig1… address; the same seed gives the same. */
export function ligAddress(seed: string | number): string {
  return encodeAddress('lig', createHash('sha256').update(`lig ${seed}`).digest().subarray(0, 28), {
    encoding: 'bech32m',
  })
}

/** A valid address of a Cosmos chain. */
export function cosmosAddress(seed: string | number, prefix = 'cosmos'): string {
  return encodeAddress(prefix, createHash('sha256').update(`cosmos ${seed}`).digest().subarray(0, 20))
}

/** Settings of a faucet on `url`, with what is given in place of the rest. */
export function faucetSettings(url: string, changes: Partial<FaucetInput> = {}): FaucetSettings {
  const input = {
    chain: 'ligate-devnet',
    channels: [CHANNEL],
    moderatorRoles: [MODERATOR_ROLE],
    address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 },
    sender: { kind: 'internal-drip', url, token: 'FAUCET_TOKEN' },
    explorer: 'https://explorer.ligate.io/tx/{hash}',
    ...changes,
  }
  return faucetSchema.parse(input)[0]!
}

export interface Person {
  userId: string
  joinedAtMs: number | null
  pending: boolean
  roleIds: string[]
  isAdmin: boolean
  /** Whether direct messages reach this person. */
  dmsOpen: boolean
}

/** A member who is old enough for everything. */
export function person(changes: Partial<Person> = {}): Person {
  return {
    userId: snowflake(NOW_MS - 400 * DAY_MS),
    joinedAtMs: NOW_MS - 100 * DAY_MS,
    pending: false,
    roleIds: [],
    isAdmin: false,
    dmsOpen: true,
    ...changes,
  }
}

export const moderator = (changes: Partial<Person> = {}) => person({ roleIds: [MODERATOR_ROLE], ...changes })

/** What came of a call, as the user sees it. */
export interface Seen {
  text: string
  refused: boolean
  reply: Reply | null
}

/** A faucet at work. */
export interface Bench {
  server: FaucetServer
  database: Database
  clock: Clock
  room: Faucets
  /** Lines of the log, parsed. */
  log: Record<string, unknown>[]
  dms: { userId: string; text: string }[]
  edits: { callId: string; text: string }[]
  posts: { channelId: string; text: string }[]
  /** Answers can (no longer) be edited. */
  editable: boolean
  /** Types a slash command. */
  type(who: Person, command: string, args: object, options?: Partial<Call>): Promise<Seen>
  drip(who: Person, address: string, options?: Partial<Call>): Promise<Seen>
  rows(): Record<string, unknown>[]
  /** Ends this room as a crash would, without a word, and starts another on the same database. */
  restart(): void
  close(): Promise<void>
}

/** Starts a faucet on a sandbox server, an in-memory database and a clock that stands still. */
export async function startBench(
  options: {
    settings?: (url: string) => FaucetSettings[]
    clock?: Clock
    deps?: Partial<FaucetDeps>
    database?: Database
  } = {},
): Promise<Bench> {
  const clock = options.clock ?? new ManualClock(NOW_MS)
  const server = await startFaucetServer({ nowMs: () => clock.now() })
  const database = options.database ?? openDatabase(':memory:', { nowMs: clock.now() })
  const settings = options.settings?.(server.url) ?? [faucetSettings(server.url)]
  const log: Record<string, unknown>[] = []
  const logger = createLogger('debug', [SECRET], {
    write: (line: string) => log.push(JSON.parse(line)),
  } as never)
  const open = new Map<string, boolean>()
  const make = () =>
    createFaucet({
      settings,
      secrets: { FAUCET_TOKEN: SECRET },
      database,
      clock,
      logger,
      speak: {
        dm: async (userId, reply) => {
          if (!open.get(userId)) return false
          bench.dms.push({ userId, text: reply.text ?? '' })
          return true
        },
        sayInChannel: async (channelId, text) => {
          bench.posts.push({ channelId, text })
          return true
        },
      },
      ...options.deps,
    })
  const bench: Bench = {
    server,
    database,
    clock,
    room: make(),
    log,
    dms: [],
    edits: [],
    posts: [],
    editable: true,
    async type(who, name, args, changes = {}) {
      open.set(who.userId, who.dmsOpen)
      const command = bench.room.commands.find((one: Command) => one.name === name)!
      const call = makeCall(bench, who, changes)
      try {
        const reply = await command.run(args, call)
        return { text: reply.text ?? '', refused: false, reply }
      } catch (error) {
        if (error instanceof Refusal) return { text: error.message, refused: true, reply: null }
        throw error
      }
    },
    drip: (who, address, changes) => bench.type(who, 'drip', { address }, changes),
    rows: () => database.sql.prepare('SELECT * FROM drips ORDER BY id').all() as Record<string, unknown>[],
    restart() {
      bench.room = make()
      bench.room.start()
    },
    async close() {
      await bench.room.stop(0)
      await server.close()
      database.close()
    },
  }
  bench.room.start()
  return bench
}

function makeCall(bench: Bench, who: Person, changes: Partial<Call>): Call {
  const nowMs = bench.clock.now()
  const id = changes.id ?? snowflake(nowMs)
  return {
    id,
    door: 'slash',
    caller: {
      userId: who.userId,
      name: 'somebody',
      roleIds: who.roleIds,
      isAdmin: who.isAdmin,
      joinedAtMs: who.joinedAtMs,
      pending: who.pending,
    },
    channelId: CHANNEL,
    guildId: '700000000000000001',
    page: 0,
    nowMs,
    show: (command) => `/${command}`,
    mayWriteIn: async () => true,
    edit: async (reply) => {
      if (bench.editable) bench.edits.push({ callId: id, text: reply.text ?? '' })
      return bench.editable
    },
    dm: async (userId, reply) => {
      if (who.dmsOpen) bench.dms.push({ userId, text: reply.text ?? '' })
      return who.dmsOpen
    },
    ...changes,
  }
}

/** A logger that says nothing. */
export const silent = pino({ level: 'silent' })
