// `ibc-monitor demo`: a whole local world in a terminal, with one line to type into, or a fixed story (`--script`).
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createColours } from '../../src/cli/colours.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { type Io, wantsColour } from '../../src/kernel/io.ts'
import { walletOf } from './chains.ts'
import { runWorldCommand, WORLD_COMMANDS } from './commands.ts'
import { FAUCET_CHAIN } from './faucet.ts'
import { knownWallets } from './people-commands.ts'
import { createScreen, type Screen } from './screen.ts'
import { speak } from './speak.ts'
import { playStory, type StoryOptions, StoryStopped } from './story.ts'
import { buildScene, type Scene } from './world.ts'

type Input = Readable & { isTTY?: boolean }

const WIDEST = 100
const NARROWEST = 40
/** What does not end within this is left to the end of the process, in milliseconds. */
const CLOSING_MS = 5000
/** How long a person gets to read each step of the story, in milliseconds. */
const READING_MS = 1100

/** What a person reads first; every line of it can be typed. */
const intro = (): string[] => [
  'Three chains, a relayer, a faucet, a Discord and the bot itself, all on this machine.',
  'You are in #general. Try:',
  '',
  '  $data                        what the bot knows ($help: what else; /data works too)',
  '  !relayer stop                the relayer dies …',
  '  !clock +9d                   … nine days pass, and somebody is called in #alerts',
  '  !relayer start               all is well again',
  '',
  `  $register ${walletOf('relayer', 'cosmoshub-4')} cosmoshub 2`,
  '  !spend cosmos1 11            the relayer is running out of money: you are called',
  '',
  '  #faucet                      to the channel where the bot pays test tokens (#general: back)',
  `  /drip ${walletOf('you', FAUCET_CHAIN)}`,
  '                               once; a second time is refused, as a newcomer is (!as newcomer)',
  '',
  '  !down juno  !freeze 259  !faucet slow',
  '                               other misfortunes; !help lists them, !quit ends',
]

/**
 * Runs the demo until `!quit`, the end of the input or Ctrl-C, or to the end of the story.
 * Returns the exit code: 1 when the story did not come true, or was interrupted.
 */
export async function runDemo(
  options: { script: boolean; story?: StoryOptions },
  io: Io,
  input: Input = process.stdin,
): Promise<number> {
  const ending = new AbortController()
  const end = () => ending.abort()
  // Not `once`: in a terminal npm's child gets Ctrl-C twice, from the terminal and from npm.
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  const interrupted = options.script ? 1 : 0
  const ended = new Promise<number>((resolve) =>
    ending.signal.addEventListener('abort', () => resolve(interrupted)),
  )
  try {
    io.out.write('Building a world: three chains, a relayer, a faucet and a Discord …\n')
    const scene = await buildScene({ logLevel: io.env.LOG_LEVEL ?? 'silent' })
    try {
      if (ending.signal.aborted) return interrupted
      io.out.write('Starting the bot in it …\n')
      const played = options.script ? script(scene, io, options.story) : converse(scene, io, input, ending)
      return await Promise.race([played, ended])
    } finally {
      await Promise.race([scene.close(), systemClock.sleep(CLOSING_MS)])
    }
  } finally {
    process.off('SIGINT', end)
    process.off('SIGTERM', end)
  }
}

/** Plays the story. Returns the exit code. */
async function script(scene: Scene, io: Io, story: StoryOptions = {}): Promise<number> {
  const screen = createScreen(scene, {
    write: (text) => io.out.write(text),
    ...looks(io),
    hideOwn: false,
  })
  try {
    await scene.start()
    await playStory(scene, screen, { pauseMs: io.out.isTTY ? READING_MS : 0, ...story })
    const alerts = scene.discord.messages(scene.channels.alerts).length
    screen.heading(`The story came true: ${alerts} messages in #alerts, each in its time.`)
    return 0
  } catch (error) {
    if (!(error instanceof StoryStopped)) throw error
    io.err.write(`The story stopped: ${error.message}.\n`)
    return 1
  } finally {
    screen.stop()
  }
}

/** Reads lines until there are no more. Returns the exit code. */
async function converse(scene: Scene, io: Io, input: Input, ending: AbortController): Promise<number> {
  const terminal = Boolean(input.isTTY && io.out.isTTY)
  let lines: Interface | undefined
  const write = (text: string) => {
    if (!terminal || !lines) return void io.out.write(text)
    // What is half typed is taken away, and put back below what was printed.
    clearLine(process.stdout, 0)
    cursorTo(process.stdout, 0)
    io.out.write(text)
    lines.prompt(true)
  }
  const screen = createScreen(scene, { write, ...looks(io), hideOwn: terminal, buttonsHint: '(type > or <)' })
  try {
    await scene.start()
    screen.heading('ibc-monitor, the demo')
    screen.note(intro())
    lines = createInterface({
      input,
      ...(terminal ? { output: process.stdout, completer: completerOf(scene) } : {}),
      prompt: promptOf(scene),
      terminal,
    })
    const reader = lines
    ending.signal.addEventListener('abort', () => reader.close())
    reader.on('SIGINT', () => ending.abort())
    if (terminal) reader.prompt()
    for await (const line of reader) {
      for (const one of commandsIn(line)) {
        if (ending.signal.aborted || one === '!quit') return 0
        await handle(scene, screen, one, terminal)
      }
      reader.setPrompt(promptOf(scene))
      if (terminal) reader.prompt()
    }
    return 0
  } finally {
    lines?.close()
    // Whoever pressed Ctrl-C has a line begun.
    if (terminal && ending.signal.aborted) io.out.write('\n')
    screen.stop()
  }
}

/** Several commands of the world may stand in one line, as in the banner: `!down juno  !freeze 259`. */
const commandsIn = (line: string): string[] =>
  line.trim().startsWith('!') ? line.trim().split(/\s+(?=!)/) : [line.trim()]

async function handle(scene: Scene, screen: Screen, line: string, terminal: boolean): Promise<void> {
  if (line === '') return
  if (!terminal && /^[!/<>#]/.test(line)) screen.typed(line)
  screen.note(line.startsWith('!') ? await runWorldCommand(scene, line.slice(1)) : await speak(scene, line))
}

/** "#faucet › ", with who speaks where that is not you. */
function promptOf({ channels, people, at }: Scene): string {
  const keyOf = (all: object, id: string) => Object.entries(all).find(([, one]) => one === id)?.[0]
  const who = at.userId === people.you ? '' : `${keyOf(people, at.userId)} `
  return `${who}#${keyOf(channels, at.channelId)} › `
}

/** Completes the first word, channels and addresses of wallets by Tab. */
function completerOf(scene: Scene): (line: string) => [string[], string] {
  const first = [...Object.keys(WORLD_COMMANDS), 'help', 'quit'].map((name) => `!${name} `)
  first.push(...Object.keys(scene.channels).map((name) => `#${name}`))
  const addresses = knownWallets(scene).map(({ address }) => `${address} `)
  return (line) => {
    const word = line.slice(line.lastIndexOf(' ') + 1)
    const known = word === line ? first : addresses
    return [known.filter((one) => one.startsWith(word)), word]
  }
}

function looks(io: Io) {
  return {
    width: Math.max(NARROWEST, Math.min(io.out.columns ?? WIDEST, WIDEST)),
    colours: createColours(wantsColour(io, io.out)),
  }
}
