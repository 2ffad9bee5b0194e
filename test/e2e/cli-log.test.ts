// A log that cannot be written: nobody reads stderr, its reader is gone, its disk is full. The watch goes on and ends.
import { spawn } from 'node:child_process'
import { constants, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createLineSink } from '../../src/kernel/line-sink.ts'
import { closeOutside, makeOutside, type Outside, oneCritical } from '../support/bot-process.ts'
import { built } from '../support/built.ts'
import { until } from '../support/discord-bot.ts'
import { closeWorlds, MINUTE, startWorld } from '../support/world.ts'

const groups: number[] = []
afterEach(() => {
  for (const pid of groups.splice(0)) if (isRunning(-pid)) process.kill(-pid, 'SIGKILL')
})
afterEach(closeOutside)
afterEach(closeWorlds)

/** Runs `script` by a shell, with the bot's command line as its arguments. */
const shell = (world: Outside, script: string) => {
  const args = [built('src/bin.js'), 'start', '--config', world.configFile, '--data', world.dataDirectory]
  const { pid } = spawn('sh', ['-c', script, 'sh', process.execPath, ...args], {
    env: { ...world.env, LOG_LEVEL: 'debug' },
    cwd: world.directory,
    // Such a pipe of Node's is a socket, from which nothing is read.
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group, to be killed with everything in it.
    detached: true,
  })
  groups.push(pid!)
}

const pidOf = ({ dataDirectory }: Outside) => {
  const file = join(dataDirectory, 'monitor.pid')
  return existsSync(file) && Number(readFileSync(file, 'utf8'))
}

const isRunning = (pid: number) => {
  try {
    // Signal 0 asks only.
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the log of a running bot', () => {
  it.each([
    // A pipe holds 64 KiB: it is full before the bot says its first word.
    ['nobody reads', '{ head -c 65536 /dev/zero >&2; exec "$@"; } 2>&1 >/dev/null | sleep 600'],
    ['nobody reads from its socket', '{ head -c 4000000 /dev/zero >&2 & sleep 1; kill $!; exec "$@"; }'],
    ['lost its reader', '"$@" 2>&1 >/dev/null | true; sleep 600'],
    ['is on a full disk', '"$@" 2>/dev/full; sleep 600'],
  ])('that %s ends and delays nothing, not even its end', async (_, script) => {
    const world = await makeOutside({ build: oneCritical })
    shell(world, script)
    await until(() => world.lines().length > 0)
    expect(world.lines()).toEqual([expect.stringMatching(/^🟠 16 h left: alpha-1/)])
    const pid = await until(() => pidOf(world))
    process.kill(pid, 'SIGTERM')
    await until(() => !isRunning(pid))
    // Cleanly: it gave its data directory back.
    expect(pidOf(world)).toBe(false)
  })

  it.each([
    ['nobody reads', '{ head -c 65536 /dev/zero >&2; "$@"; echo $? >code; } 2>&1 >/dev/null | sleep 600'],
    ['is on a full disk', '"$@" 2>/dev/full; echo $? >code'],
  ])('that %s leaves the exit code true', async (_, script) => {
    const world = await makeOutside({ build: oneCritical })
    world.env.DISCORD_WEBHOOK_URL = 'no URL'
    shell(world, script)
    const file = join(world.directory, 'code')
    expect(await until(() => existsSync(file) && readFileSync(file, 'utf8').trim())).toBe('2')
  })
})

describe('a log that cannot be written for minutes', () => {
  it("is said once by the bot's own account, and by `$status`", async () => {
    const full = openSync('/dev/full', constants.O_WRONLY)
    let sink = createLineSink(full)
    const world = await startWorld({
      build: oneCritical,
      app({ clock }) {
        sink = createLineSink(full, () => clock.now())
        return { log: sink }
      },
    })
    sink.write('one line\n')
    await until(() => sink.status().stuck?.reason === 'the disk is full')
    await world.pass(3 * MINUTE)
    expect(world.answers()).toEqual([])
    await world.pass(20 * MINUTE)
    const said = await until(() => world.answers().length > 0 && world.answers())
    expect(said.map(({ content }) => content)).toEqual([
      expect.stringMatching(/^⚠️ My log cannot be written since <t:\d+:R>: the disk is full\. .*alarms go on/),
    ])
    world.discord.say(world.ann, world.channelId, '$status')
    const status = await until(() => world.answers()[1])
    expect(JSON.stringify(status.embeds)).toContain('My log cannot be written since')
    const before = sink.status().dropped
    sink.write('x'.repeat(2 ** 20))
    sink.write('x'.repeat(2 ** 20))
    world.discord.say(world.ann, world.channelId, '$status')
    const counted = await until(() => world.answers()[2])
    expect(JSON.stringify(counted.embeds)).toMatch(/ (\d+) of its lines are lost since the start/)
    expect(sink.status().dropped).toBe(before + 2)
  })
})
