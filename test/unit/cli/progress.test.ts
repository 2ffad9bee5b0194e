// What `check` shows of its work on a terminal: one line, written over, gone at the end; elsewhere nothing.
import { describe, expect, it } from 'vitest'
import { createProgress } from '../../../src/cli/progress.ts'

const CLEAR = '\r\x1b[K'

function terminal(isTTY: boolean, columns = 80) {
  const written: string[] = []
  return {
    written,
    progress: createProgress({ err: { write: (text) => written.push(text), isTTY, columns } }),
  }
}

describe('the progress of check', () => {
  it('names the chains, counts the clients, and is gone at the end', () => {
    const { written, progress } = terminal(true)
    progress.asking('looking up', ['cosmoshub', 'osmosis'])
    progress.asking('asking', ['Cosmos Hub', 'Osmosis'])
    progress.read(0, 0)
    progress.read(3, 12)
    progress.end()
    progress.end()
    expect(written).toEqual([
      `${CLEAR}looking up cosmoshub, osmosis …`,
      `${CLEAR}asking Cosmos Hub, Osmosis …`,
      `${CLEAR}3 of 12 clients read ==========------------------------------`,
      CLEAR,
    ])
  })

  it('is one line, whatever is in a name', () => {
    const { written, progress } = terminal(true, 40)
    progress.asking('asking', ['a\nb\x1b[2J', 'x'.repeat(200)])
    const [line = ''] = written
    expect(line.slice(CLEAR.length)).not.toMatch(/\p{Cc}/u)
    expect(line.length - CLEAR.length).toBeLessThan(40)
  })

  it('is nothing where stderr is no terminal', () => {
    const { written, progress } = terminal(false)
    progress.asking('asking', ['Osmosis'])
    progress.read(1, 2)
    progress.end()
    expect(written).toEqual([])
  })
})
