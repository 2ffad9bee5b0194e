// A process that only drips: a real faucet on a real database file, users without pause, until it is killed.
import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createFaucet } from '../../src/faucet/index.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { Refusal } from '../../src/kernel/errors.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { CHANNEL, faucetSettings, ligAddress, person, SECRET, silent, snowflake } from './faucet.ts'
import { userIdOf } from './faucet-kill.ts'

const [directory, url, firstUser, lastUser] = process.argv.slice(2)
const database = openDatabase(directory!, { nowMs: Date.now() })
const room = createFaucet({
  settings: [faucetSettings(url!, { queue: { inFlight: 4 } })],
  secrets: { FAUCET_TOKEN: SECRET },
  database,
  clock: systemClock,
  logger: silent,
  speak: { dm: async () => false, sayInChannel: async () => false },
})
room.start()
const drip = room.commands.find(({ name }) => name === 'drip')!
process.stdout.write('dripping\n')

/** One user, who asks again and again, each time for another address of theirs. */
async function drippy(user: number): Promise<void> {
  const who = person({ userId: userIdOf(user), joinedAtMs: Date.now() - 30 * 86_400_000 })
  for (;;) {
    const nowMs = Date.now()
    const { userId, joinedAtMs, pending, roleIds, isAdmin } = who
    try {
      await drip.run(
        { address: ligAddress(`${user}/${randomInt(3)}`) },
        {
          id: snowflake(nowMs, randomInt(2 ** 22)),
          door: 'slash',
          caller: { userId, name: 'somebody', roleIds, isAdmin, joinedAtMs, pending },
          channelId: CHANNEL,
          guildId: null,
          page: 0,
          nowMs,
          show: (command) => command,
          mayWriteIn: async () => true,
          edit: async () => true,
          dm: async () => false,
        },
      )
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
    await pause(randomInt(10))
  }
}

for (let user = Number(firstUser); user < Number(lastUser); user++) void drippy(user)
void (async () => {
  for (;;) {
    await room.tick()
    await pause(20)
  }
})()
