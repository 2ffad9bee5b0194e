// `backup` and `restore` as commands beside a bot: refused while it runs; afterwards it goes on from the backup.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { closeOutside, makeOutside, oneCritical } from '../support/bot-process.ts'
import { until } from '../support/discord-bot.ts'

afterEach(closeOutside)

it('a backup is made while the bot runs, and restored once it is stopped', async () => {
  const world = await makeOutside({ build: oneCritical })
  const file = join(world.directory, 'backup.sqlite')
  const bot = world.run('start')
  await until(() => world.lines().length > 0)
  await until(() => world.server.requests.some(({ method }) => method === 'PUT'))
  expect(await world.run('backup', file).ended).toBe(0)

  const refused = world.run('restore', file)
  expect([await refused.ended, refused.err()]).toEqual([1, expect.stringContaining('is using')])
  expect(bot.child.exitCode).toBeNull()
  bot.child.kill('SIGKILL')
  await bot.ended

  const absent = world.run('restore', join(world.directory, 'nowhere.sqlite'))
  expect([await absent.ended, absent.err()]).toEqual([2, expect.stringContaining('There is no backup at')])
  const restored = world.run('restore', file)
  expect([await restored.ended, restored.err()]).toEqual([0, expect.stringContaining('checked.')])
  const kept = readdirSync(world.dataDirectory).filter((name) => name.includes('.before-restore-'))
  expect(kept.some((name) => name.endsWith('-wal'))).toBe(true)

  const again = world.run('start')
  await until(() => again.err().includes('"msg":"swept"'))
  // What the backup knows as told is not told again.
  expect(world.lines()).toHaveLength(1)
})
