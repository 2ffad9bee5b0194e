// `check` in its surroundings: a `.env` beside it, a pipe that closes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { closeOutside, makeOutside } from '../support/bot-process.ts'
import { build, check } from '../support/check.ts'

afterEach(closeOutside)

const DAY = 86_400_000
const PERIOD = 14 * DAY

describe('a reader that stops before the end', () => {
  it('gets no stack trace, and the exit code stays true', async () => {
    const world = await makeOutside({
      build(chains) {
        build(chains)
        for (let n = 0; n < 400; n++)
          chains.createClient('alpha-1', { tracks: 'gone-7', trustingPeriodMs: PERIOD })
      },
    })
    const { child, err } = world.run('check', '--json')
    const code = new Promise((resolve) => child.on('exit', resolve))
    child.stdout!.once('data', () => child.stdout!.destroy())
    expect(await code).toBe(1)
    expect(err()).toBe('')
  })
})

describe('.env', () => {
  it('may hold LOG_LEVEL too, and is refused with a word where it cannot be read', async () => {
    const world = await makeOutside({ build })
    writeFileSync(join(world.directory, '.env'), 'LOG_LEVEL=loud\n')
    const loud = await check(world)
    expect([loud.code, loud.err]).toEqual([2, expect.stringContaining('LOG_LEVEL=loud is not a level')])
  })

  it('may hold DISCORD_API_BASE', async () => {
    const world = await makeOutside({ build })
    const { DISCORD_API_BASE, ...rest } = world.env
    world.env = rest
    writeFileSync(join(world.directory, '.env'), `DISCORD_API_BASE=${DISCORD_API_BASE}\nLOG_LEVEL=silent\n`)
    const { child, err, ended } = world.run('start')
    await expect.poll(() => world.lines().length, { timeout: 100_000 }).toBeGreaterThan(0)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    // The first line for people, and no log.
    expect(err().trim().split('\n')).toHaveLength(1)
  })
})
