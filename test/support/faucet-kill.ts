// Kills a dripping faucet at random moments, again and again, and counts what was really paid against its history.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { type FaucetServer, type Fault, startFaucetServer } from '../../sandbox/faucet/server.ts'
import { createFaucet } from '../../src/faucet/index.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { built } from './built.ts'
import { faucetSettings, ligAddress, SECRET, silent } from './faucet.ts'

const CHILD = () => built('test/support/faucet-child.ts')
/** New users of each life, and from how many lives before users go on asking. */
const USERS = 20
const LIVES_BACK = 3

/** A Discord id that is the same in every process: made in 2023, one after the other. */
export function userIdOf(user: number): string {
  return ((BigInt(Date.UTC(2023, 0, 1) + user * 60_000 - 1_420_070_400_000) << 22n) | BigInt(user)).toString()
}

export interface KillReport {
  kills: number
  users: number
  /** Payments that the faucet really made. */
  paid: number
  /** Rows of the history by state. */
  rows: Record<string, number>
  /** What must never be: empty. */
  wrong: string[]
}

const FAULTS: readonly (Fault | null)[] = [
  ...Array<null>(14).fill(null),
  'reset-before',
  'reset-after',
  'reset-after',
  'late-502',
  'plain-400',
  'plain-400',
  'nonsense',
]

/** Runs a faucet in `directory` and kills it `kills` times. `progress` is called after each kill. */
export async function killAndCount(
  directory: string,
  kills: number,
  progress: (done: number) => void = () => {},
): Promise<KillReport> {
  const server = await startFaucetServer()
  server.fault = () => FAULTS[randomInt(FAULTS.length)]!
  const jitter = setInterval(() => {
    server.delay = { beforeMs: randomInt(15), afterMs: randomInt(15) }
  }, 5)
  try {
    for (let life = 0; life < kills; life++) {
      const first = Math.max(0, life - LIVES_BACK) * USERS
      const args = [CHILD(), directory, server.url, String(first), String((life + 1) * USERS)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => refuseEnded(child))])
      await someCalls(server, randomInt(USERS * 2))
      await pause(randomInt(20))
      await kill(child)
      progress(life + 1)
    }
    return count(directory, server.url, server.world.paid, kills)
  } finally {
    clearInterval(jitter)
    await server.close()
  }
}

/** Waits until the faucet was called `calls` more times; a second where fewer calls come. */
async function someCalls(server: FaucetServer, calls: number): Promise<void> {
  const called = () => server.calls
  const until = called() + calls
  for (let i = 0; i < 200 && called() < until; i++) await pause(5)
}

/** Whoever waits for it would wait for ever. */
function refuseEnded({ exitCode, signalCode }: ChildProcess): void {
  const how = exitCode ?? signalCode
  if (how !== null) throw new Error(`the faucet ended by itself with ${how}`)
}

async function kill(child: ChildProcess): Promise<void> {
  refuseEnded(child)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Starts the faucet a last time, as after a crash, and compares. */
async function count(
  directory: string,
  url: string,
  paid: readonly { address: string }[],
  kills: number,
): Promise<KillReport> {
  const database = openDatabase(directory, { nowMs: Date.now() })
  const room = createFaucet({
    settings: [faucetSettings(url)],
    secrets: { FAUCET_TOKEN: SECRET },
    database,
    clock: systemClock,
    logger: silent,
    speak: { dm: async () => false, sayInChannel: async () => false },
  })
  room.start()
  await room.stop(0)
  const rows = database.sql
    .prepare('SELECT discord_user_id AS userId, target_address AS address, status FROM drips')
    .all()
  database.close()
  return compare(rows as Row[], paid, kills)
}

interface Row {
  userId: string
  address: string
  status: string
}

function compare(rows: readonly Row[], paid: readonly { address: string }[], kills: number): KillReport {
  const users = kills * USERS
  const owner = new Map<string, string>()
  for (let user = 0; user < users; user++) {
    for (let n = 0; n < 3; n++) owner.set(ligAddress(`${user}/${n}`), userIdOf(user))
  }
  const kept = new Set(
    rows
      .filter(({ status }) => status === 'sent' || status === 'unknown')
      .map(({ userId, address }) => `${userId} ${address}`),
  )
  const wrong: string[] = []
  const byUser = new Map<string, number>()
  for (const { address } of paid) {
    const userId = owner.get(address)
    if (!userId) {
      wrong.push(`paid to ${address}, which nobody asked for`)
      continue
    }
    byUser.set(userId, (byUser.get(userId) ?? 0) + 1)
    if (!kept.has(`${userId} ${address}`)) wrong.push(`paid to ${address}, but the history does not say so`)
  }
  for (const [userId, times] of byUser)
    if (times > 1) wrong.push(`${userId} was paid ${times} times in one day`)
  for (const row of rows) if (row.status === 'reserved') wrong.push(`${row.address} is still reserved`)
  const states: Record<string, number> = {}
  for (const { status } of rows) states[status] = (states[status] ?? 0) + 1
  return { kills, users, paid: paid.length, rows: states, wrong }
}
