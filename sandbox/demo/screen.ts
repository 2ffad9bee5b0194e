// The demo's terminal: what is said in the local Discord, printed as it comes.

import type { Colours } from '../../src/cli/colours.ts'
import type { Message } from '../discord/types.ts'
import { isLoading, messageLines, type Shown, shownOf } from './render.ts'
import type { Scene } from './world.ts'

export interface ScreenOptions {
  /** Writes whole lines, each with its line end. */
  write(text: string): void
  width: number
  colours: Colours
  /** What you type stands on the terminal already. */
  hideOwn: boolean
  /** How a page button is pressed; left out where nobody can. */
  buttonsHint?: string
}

export interface Screen {
  heading(text: string): void
  /** What the demo itself has to say; texts may have several lines. */
  note(lines: readonly string[]): void
  /** A line as if it were typed. */
  typed(line: string): void
  stop(): void
}

/** Prints every message, edit and removal of the scene's Discord until it is stopped. */
export function createScreen(scene: Scene, options: ScreenOptions): Screen {
  const { width, colours, hideOwn, buttonsHint } = options
  const shown = new Map<string, Shown>()
  const typists = Object.values(scene.people)
  let afterMessage = false
  const print = (lines: readonly string[]) => {
    options.write(lines.map((line) => `${line}\n`).join(''))
    afterMessage = false
  }

  const show = (message: Message) => {
    if (isLoading(message) || (hideOwn && typists.includes(message.author.id))) return
    const before = shown.get(message.id)
    const now = shownOf(message)
    shown.set(message.id, now)
    if (before && JSON.stringify(before) === JSON.stringify(now)) return
    const render = { discord: scene.discord, nowMs: scene.clock.now(), width, colours, buttonsHint }
    print(['', ...messageLines(message, render, before)])
    afterMessage = true
  }
  const stops = [
    scene.discord.onMessage(show),
    scene.discord.onEdit(show),
    scene.discord.onDelete((message) => {
      if (shown.delete(message.id))
        print(['', colours.dim(`a message of ${message.author.username} was deleted`)])
    }),
  ]
  return {
    heading: (text) => print(['', colours.bold(colours.magenta(`── ${text}`))]),
    note(lines) {
      if (lines.length === 0) return
      const said = lines.flatMap((one) => one.split('\n')).map((line) => colours.dim(`  ${line}`))
      print(afterMessage ? ['', ...said] : said)
    },
    typed: (line) => print(['', `${colours.magenta('›')} ${line}`]),
    stop() {
      for (const stop of stops) stop()
    },
  }
}
