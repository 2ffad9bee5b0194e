// SIGHUP has the configuration read again in the running bot; systemd hears how it is; a terminal that closes ends it.
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { closeOutside, makeOutside, type Outside, oneCritical } from '../support/bot-process.ts'
import { built } from '../support/built.ts'
import { until } from '../support/discord-bot.ts'

afterEach(closeOutside)

/** A program in the place of `systemd-notify` that writes down what it is told; the first time it fails. */
function hearNotes(world: Outside): () => string {
  const bin = join(world.directory, 'bin')
  const heard = join(world.directory, 'heard')
  mkdirSync(bin)
  writeFileSync(heard, '')
  const once = `[ -e '${heard}.failed' ] || { touch '${heard}.failed'; exit 1; }`
  writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\n${once}\necho "$NOTIFY_SOCKET: $*" >>'${heard}'\n`)
  chmodSync(join(bin, 'systemd-notify'), 0o755)
  world.env = { ...world.env, PATH: `${bin}:${world.env.PATH}`, NOTIFY_SOCKET: '/run/notify' }
  return () => readFileSync(heard, 'utf8')
}

it('reads configuration, what it imports, and .env again; refuses a bad one in words; nothing is told twice', async () => {
  const world = await makeOutside({ build: oneCritical })
  const heard = hearNotes(world)
  world.env.WATCHDOG_USEC = '3000000'
  const { DISCORD_WEBHOOK_URL: url, ...env } = world.env
  world.env = env
  writeFileSync(join(world.directory, '.env'), `DISCORD_WEBHOOK_URL=${url}\nFAUCET_TOKEN=hunter2#hunter3\n`)
  const file = join(world.directory, 'config.mjs')
  const part = join(world.directory, 'part.mjs')
  const text = readFileSync(world.configFile, 'utf8')
  writeFileSync(part, "export const about = 'live'\n")
  const written = (more: string) =>
    `import { about } from './part.mjs'\n${more}\nconst config = ${text}\nexport default { ...config, alerts: { ...config.alerts, about } }\n`
  // The first SIGHUP comes while the configuration is being read.
  writeFileSync(
    file,
    written("if (!process.env.SEEN) process.kill(process.pid, 'SIGHUP'); process.env.SEEN = '1'"),
  )
  const bot = world.run('start', '--config', file)
  await until(() => world.lines().length > 0)
  expect(bot.err()).toContain('FAUCET_TOKEN in line 2 of .env')

  const reload = async (said: string) => {
    const before = world.lines().length
    bot.child.kill('SIGHUP')
    await until(() =>
      world
        .lines()
        .slice(before)
        .some((line) => line.includes(said)),
    )
    return world.lines().at(-1)!
  }
  for (const [broken, said] of [
    ['export default {', 'config.mjs could not be read'],
    ["throw new Error('not today')", 'today'],
    ['process.exit(0)', 'it ended the thread that reads it'],
    [
      "export default { chains: ['cosmohub'], alerts: { warnAtt: 1 } }",
      'did you mean `warnAt`?'.replaceAll('`', 'ˋ'),
    ],
    [written('').replace('alerts, about }', "alerts, about, channel: 'x' }"), 'alerts.channel'],
  ] as const) {
    writeFileSync(file, broken)
    expect(await reload(said)).toMatch(/^⚠️ My configuration was read again and is not taken/)
  }
  writeFileSync(file, written(''))
  writeFileSync(join(world.directory, '.env'), 'DISCORD_WEBHOOK_URL=https://example.com/secret-elsewhere\n')
  expect(await reload('DISCORD_WEBHOOK_URL')).not.toContain('elsewhere')
  // The same again, and nothing new.
  writeFileSync(join(world.directory, '.env'), `DISCORD_WEBHOOK_URL=${url}\nFAUCET_TOKEN=hunter2#hunter3\n`)
  bot.child.kill('SIGHUP')
  await until(() => bot.err().includes('nothing has changed'))

  // Another form of the same, then another order.
  const parts = (more: string) =>
    `const { chains, ...rest } = ${text}\n${more}\nexport const alerts = { ...rest.alerts, about: 'live' }\nexport const { discord, limits } = rest\nexport { chains }\n`
  writeFileSync(file, parts(''))
  const count = () => bot.err().split('nothing has changed').length
  const before = count()
  bot.child.kill('SIGHUP')
  await until(() => count() > before)
  writeFileSync(file, parts('chains.reverse()'))
  expect(await reload('From now on')).toContain('`the order of a list`')
  writeFileSync(file, written(''))
  await reload('the order of a list')

  // Where the database could not be opened anew, and is held by another program: it is open already.
  const inData = (name: string) => join(world.dataDirectory, name)
  rmSync(inData('monitor.lock'))
  mkdirSync(inData('monitor.lock'))
  const other = openSqlite(inData('monitor.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  writeFileSync(part, "export const about = 'all'\n")
  writeFileSync(join(world.directory, '.env'), `DISCORD_WEBHOOK_URL=${url}\nFAUCET_TOKEN=hunter4\n`)
  const told = await reload('From now on')
  expect(told).toContain('`alerts.about: live → all`')
  expect(told).toContain('`FAUCET_TOKEN: another`')
  expect(bot.err() + world.lines().join()).not.toMatch(/hunter[234]/)
  await until(() => bot.err().split('watches').length > 4)
  other.exec('ROLLBACK')
  other.close()
  expect(bot.child.exitCode).toBeNull()
  expect(world.lines().filter((line) => line.includes('left'))).toHaveLength(1)

  const notes = () => heard().split('\n')
  await until(() => notes().some((line) => line.includes('2 of 2 chains seen')))
  expect(notes()[0]).toMatch(/^\/run\/notify: READY=1 STATUS=.* WATCHDOG=1$/)
  expect(notes().filter((line) => line.includes('READY=1'))).toHaveLength(1)
  expect(heard()).toMatch(
    /STATUS=2 of 2 chains seen: .* at [\d,]+.* 1 alert open, nothing waits for Discord\. WATCHDOG=1/,
  )
  // A sweep that is broken off is not told as one that found nothing.
  for (const one of world.endpoints.get('alpha-1')!) one.faults.hang = true
  writeFileSync(part, "export const about = 'live'\n")
  await reload('From now on')
  // Ctrl-C under npm comes twice: from the terminal and from npm.
  bot.child.kill('SIGINT')
  bot.child.kill('SIGINT')
  expect(await bot.ended).toBe(0)
  expect(bot.err()).toMatch(/"chainId":"alpha-1".*"msg":"a sweep was broken off"/)
  expect(bot.err()).not.toMatch(/"clients":0,.*"msg":"swept"/)
  await until(() => heard().includes('STOPPING=1'))
})

it('at a terminal SIGHUP does the same, and the end of the terminal ends it cleanly', async () => {
  const world = await makeOutside({ build: oneCritical })
  // Its output is a terminal that is closed after the second line of its input.
  const script = `
import os, pty, sys, signal
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
print(pid, flush=True)
sys.stdin.readline()
os.close(fd)
print(os.waitpid(pid, 0)[1], flush=True)`
  const args = [
    process.execPath,
    built('src/bin.js'),
    'start',
    '--config',
    world.configFile,
    '--data',
    world.dataDirectory,
  ]
  const terminal = spawn('python3', ['-c', script, ...args], {
    env: world.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let out = ''
  terminal.stdout.on('data', (text) => (out += text))
  await until(() => world.lines().length > 0)
  world.configure((config) => ({ ...config, schedule: { clients: '*/7 * * * *' } }))
  process.kill(Number(out), 'SIGHUP')
  await until(() => world.lines().some((line) => line.includes('+ schedule.clients: */7 * * * *')))
  terminal.stdin.write('\n')
  await until(() => out.trim().includes('\n'))
  // Node itself dies at its end of a terminal that is gone.
  expect(readdirSync(world.dataDirectory)).not.toContain('monitor.pid')
})
