// What `check` is doing, in one line on a terminal that is gone when the table comes.
import type { Io } from '../kernel/io.ts'
import { printableLine, shorten } from '../words/text.ts'

export interface Progress {
  /** Chains are being found, or asked. */
  asking(what: string, names: readonly string[]): void
  read(read: number, total: number): void
  /** Takes the line away. */
  end(): void
}

const BAR_WIDTH = 40
const WIDTH = 80

/** Writes to stderr where that is a terminal, else nothing. */
export function createProgress({ err }: Pick<Io, 'err'>): Progress {
  let shown = false
  const show = (line: string) => {
    if (!err.isTTY || (line === '' && !shown)) return
    shown = line !== ''
    err.write(`\r\x1b[K${shorten(line, (err.columns ?? WIDTH) - 1)}`)
  }
  return {
    asking: (what, names) => show(`${what} ${names.map((name) => printableLine(name)).join(', ')} …`),
    read(read, total) {
      if (total === 0) return
      const full = '='.repeat(Math.floor((BAR_WIDTH * read) / total))
      show(`${read} of ${total} clients read ${full.padEnd(BAR_WIDTH, '-')}`)
    },
    end: () => show(''),
  }
}
