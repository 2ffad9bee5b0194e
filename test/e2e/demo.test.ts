// The demo: its story on the real command line, its failure, the line to type into, and a clean end.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runWorldCommand } from '../../sandbox/demo/commands.ts'
import { runDemo } from '../../sandbox/demo/demo.ts'
import type { Screen } from '../../sandbox/demo/screen.ts'
import { speak } from '../../sandbox/demo/speak.ts'
import { playStory, StoryStopped } from '../../sandbox/demo/story.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { built } from '../support/built.ts'
import { withScene } from '../support/demo.ts'
import { until } from '../support/discord-bot.ts'

const DAY_MS = 86_400_000
const SILENT: Screen = { heading() {}, note() {}, typed() {}, stop() {} }

/** A screen that keeps what was typed: a line of the world's when it was answered, a command at once. */
function noting(): { screen: Screen; noted: string[] } {
  const noted: string[] = []
  let typed = ''
  return {
    noted,
    screen: {
      ...SILENT,
      typed(line) {
        typed = line
        if (!line.startsWith('!')) noted.push(line)
      },
      note: () => void noted.push(typed),
    },
  }
}

let temporary: string
const TMPDIR = process.env.TMPDIR
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'demo-test-'))
  process.env.TMPDIR = temporary
})
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  rmSync(temporary, { recursive: true, force: true })
})

/** What tsx keeps in the temporary directory is not the demo's. */
const leftBehind = () => readdirSync(temporary).filter((name) => name.startsWith('ibc-monitor'))

describe('the command line', () => {
  it('plays the story to its end', async () => {
    const { code, out, err } = await run(['demo', '--script'])
    expect(err).toBe('')
    expect(code).toBe(0)
    const awaited = [
      / 0 need attention/,
      /› !relayer stop\n/,
      /🟡 47 h left: Cosmos Hub 07-tendermint-259 \(tracks Osmosis\), expires .* UTC\n? +@relayers/,
      /hermes update client --host-chain cosmoshub-4 --client 07-tendermint-259/,
      /🟠 23 h left: Cosmos Hub 07-tendermint-259/,
      / 2 need attention/,
      /⚫ BLIND 14 min: Cosmos Hub\. 07-tendermint-259 may expire .*@relayers/,
      /🟢 over: Cosmos Hub can be read again/,
      /🟢 over: Cosmos Hub 07-tendermint-259 \(tracks Osmosis\) was updated/,
      /\(edited\)\n +🟢 over: 🟡 47 h left: Cosmos Hub/,
      / 0 need attention/,
      /› \/drip juno1\w+\n\n#faucet [^\n]* \(only you can see this\)\n {2}💧 Sent 5 JUNO to/,
      /http:\/\/127\.0\.0\.1:\d+\/v1\/txs\/ltx1\w{58}\n {2}The next one is possible .* \(in 1 day\)\./,
      /#faucet [^\n]*\n {2}No tokens this time: you had tokens \d+ seconds? ago: again in 1 day\./,
      /direct message to you [^\n]*\n {2}No tokens this time: you had tokens/,
      /\$register cosmos1\w+ cosmoshub 2\n[^›]*It holds 12\.5 ATOM now\./,
      /🟡 LOW: wallet cosmos1…\w{4} on Cosmos Hub has 1\.5 ATOM, below 2 ATOM @you/,
      /🟢 over: wallet cosmos1…\w{4} on Cosmos Hub has 21\.5 ATOM/,
      /The story came true: 10 messages in #alerts/,
    ]
    let left = out
    for (const one of awaited) {
      const at = left.search(one)
      expect(at, `${one} after the one before it, in:\n${out}`).toBeGreaterThanOrEqual(0)
      left = left.slice(at + 1)
    }
    // Nothing is left as Discord writes it, and it is plain text: no terminal reads it.
    expect(out).not.toMatch(/<t:|<@|\*\*|\p{Cc}(?<!\n)/u)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(leftBehind()).toEqual([])
  })

  it.each(['loading', 'Building', 'Starting', '!quit ends'])(
    'ends with 0 at Ctrl-C, also pressed twice, and leaves nothing behind: %s',
    async (moment) => {
      const { code, err } = await run(['demo'], (out, child) => {
        if (out.includes(moment)) for (const _ of 'ab') child.kill('SIGINT')
      })
      expect(code).toBe(0)
      expect(err).toBe('')
      expect(leftBehind()).toEqual([])
    },
  )
})

describe('the story', () => {
  it('fails with 1 and says which message did not come', async () => {
    const io = memory()
    expect(await runDemo({ script: true, story: { withinMs: 1 } }, io)).toBe(1)
    expect(io.error()).toMatch(/^The story stopped: .* did not (come|end) within 0\.001 s\.\n$/)
    expect(leftBehind()).toEqual([])
  })

  it('stops where Discord takes no message', async () => {
    await withScene(async (scene) => {
      scene.server.faults.add('webhook', { kind: 'status', status: 500 }, { times: Infinity })
      // The bot's own account would say it else.
      const warning = { method: 'POST', times: Infinity, holds: 'h left: ' }
      scene.server.faults.add('bot', { kind: 'status', status: 403 }, warning)
      const clock = new ManualClock()
      const steps = noting()
      const story = playStory(scene, steps.screen, { withinMs: 3000, clock })
      const stopped = expect(story).rejects.toThrow(new StoryStopped('the warning did not come within 3 s'))
      // The last thing before the warning is awaited; patience ends only then, however long this machine took.
      await until(() => steps.noted.includes('!clock +8d'))
      await until(() =>
        scene.server.requests.some(({ method, status }) => method === 'POST' && status === 500),
      )
      await clock.advance(3000)
      await stopped
    })
  })

  it('stops where the faucet does not pay', async () => {
    await withScene(async (scene) => {
      await scene.faucet.be('down')
      const clock = new ManualClock()
      const steps = noting()
      const story = playStory(scene, steps.screen, { withinMs: 3000, clock })
      const stopped = expect(story).rejects.toThrow(
        new StoryStopped('the payment of the faucet did not come within 3 s'),
      )
      await until(() => steps.noted.at(-1)?.startsWith('/drip') && clock.waiting > 0)
      await clock.advance(3000)
      await stopped
    })
  })

  it('tells each thing once, by messages that Discord would take', async () => {
    await withScene(async (scene) => {
      await playStory(scene, SILENT)
      const lines = scene.discord.messages(scene.channels.alerts).map(({ content }) => content)
      expect(new Set(lines).size).toBe(lines.length)
      expect(lines).toHaveLength(10)
      expect(scene.server.violations).toEqual([])
      expect(scene.server.requests.filter(({ status }) => status >= 400)).toEqual([])
      expect(scene.faucet.server.world.paid).toHaveLength(1)
    })
  })
})

describe('the line to type into', () => {
  it('reads a pipe to its end and answers in order', async () => {
    const io = memory()
    const typed = [
      '$help',
      '$data',
      '!bogus',
      '/data osmosis expired',
      '/nope',
      '!down juno !freeze 1',
      '!quit',
      '!status',
    ]
    expect(await runDemo({ script: false }, io, Readable.from(typed.map((line) => `${line}\n`)))).toBe(0)
    const out = io.text()
    expect(out).toMatch(/`osmosis-1`: 🟢 2 ok · ⚪ 4 that alerts are not about: 3 expired, 1 ok/)
    expect(out).toContain('every endpoint of juno-1 is down')
    expect(out).toContain('there is no !bogus; there is:')
    expect(out).toMatch(/Osmosis `expired`: 3 clients/)
    expect(out).toContain('there is no /nope; there is: /data, /client')
    expect(out).toMatch(/🧊 FROZEN: Osmosis 07-tendermint-1 .*\n? *@relayers/)
    // What comes after !quit is not done any more.
    expect(out).not.toContain('the relayer runs')
    expect(leftBehind()).toEqual([])
  })

  it('ends with 0 when there is nothing to read', async () => {
    expect(await runDemo({ script: false }, memory(), Readable.from([]))).toBe(0)
  })
})

describe('the world', () => {
  it('keeps its clients alive over a long time while the relayer runs, and nobody is called', async () => {
    await withScene(async (scene) => {
      const before = scene.clock.now()
      expect(await runWorldCommand(scene, 'clock +30d')).toEqual([
        expect.stringMatching(/^it is .* UTC$/),
        'the relayer runs, and kept the clients updated; !relayer stop ends that',
      ])
      expect(scene.clock.now() - before).toBeGreaterThanOrEqual(30 * DAY_MS)
      expect(scene.discord.messages(scene.channels.alerts)).toEqual([])
    })
  })

  it.each(['+9d', '+90d'])('tells each threshold within 30 s of it, in a jump of %s', async (jump) => {
    await withScene(async (scene) => {
      const late: number[] = []
      const thresholds = scene.app.clients.store
        .clients()
        .flatMap(({ clientId, chainId, nextDueMs }) => (nextDueMs ? [{ clientId, chainId, nextDueMs }] : []))
      scene.discord.onMessage(({ content, channel_id }) => {
        const id = /^🟡 \d+ h left: .*?(07-tendermint-\d+)/.exec(content)?.[1]
        const one = thresholds.find(({ clientId }) => clientId === id)
        if (channel_id === scene.channels.alerts && one) late.push(scene.clock.now() - one.nextDueMs)
      })
      await runWorldCommand(scene, 'relayer stop')
      await runWorldCommand(scene, `clock ${jump}`)
      expect(late.length).toBe(jump === '+9d' ? 2 : 6)
      expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...late)).toBeLessThan(30_000)
    })
  })

  it('halts, freezes, recovers and says what it cannot do', async () => {
    await withScene(async (scene) => {
      const alerts = () => scene.discord.messages(scene.channels.alerts).map(({ content }) => content)
      await runWorldCommand(scene, 'halt osmo')
      await runWorldCommand(scene, 'clock 30m')
      expect(alerts().at(-1)).toMatch(/^⏸ HALTED: Osmosis has made no block for 30 min/)
      await runWorldCommand(scene, 'up osmosis-1')
      expect(alerts().at(-1)).toMatch(/^🟢 over: Osmosis makes blocks again/)
      await runWorldCommand(scene, 'freeze 07-tendermint-60')
      expect(alerts().at(-1)).toMatch(/^🧊 FROZEN: Juno 07-tendermint-60/)
      expect(await runWorldCommand(scene, 'update 60')).toEqual([
        'cannot update client (07-tendermint-60) with status Frozen',
      ])
      await runWorldCommand(scene, 'recover juno 60')
      expect(alerts().at(-1)).toMatch(/^🟢 over: Juno 07-tendermint-60 .* is active again/)

      expect((await runWorldCommand(scene, 'down')).join()).toBe(
        'which chain? There are: cosmoshub, osmosis, juno',
      )
      expect((await runWorldCommand(scene, 'freeze 999')).join()).toMatch(/^which client\? There are:\n/)
      expect((await runWorldCommand(scene, 'clock yesterday')).join()).toMatch(/^how long\?/)
      expect((await runWorldCommand(scene, 'clock 400d')).join()).toBe('90 days at most, at once')
      expect((await speak(scene, '/data a b c d')).join()).toMatch(/^too many words: /)
    })
  })
})

/** Streams that keep what is written. */
function memory() {
  const out: string[] = []
  const err: string[] = []
  return {
    out: { write: (text: string) => out.push(text) },
    err: { write: (text: string) => err.push(text) },
    env: {},
    text: () => out.join(''),
    error: () => err.join(''),
  }
}

/** Runs the executable with an open input, until it ends by itself. */
function run(args: string[], onOutput?: (out: string, child: ReturnType<typeof spawn>) => void) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const env = { ...process.env, LOG_LEVEL: undefined, TMPDIR: temporary }
    const child = spawn(process.execPath, [built('src/bin.js'), ...args], { env })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text
      onOutput?.(out, child)
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text
    })
    child.on('close', (code) => resolve({ code, out, err }))
  })
}
