// Runs the command line as the program does, in this process: arguments in, exit code and everything written out.
import { vi } from 'vitest'
import { main } from '../../src/main.ts'

export async function runCommand(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const into = (stream: 'out' | 'err') => (text: unknown, done?: unknown) => {
    written[stream] += String(text)
    if (typeof done === 'function') done()
    return true
  }
  const streams = [process.stdout, process.stderr]
  const before = streams.map((stream) => stream.listeners('error'))
  let code = -1
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(into('err')),
    vi.spyOn(process, 'exit').mockImplementation(((ended: number) => {
      code = ended
    }) as never),
  ]
  try {
    await main(['node', 'ibc-monitor', ...args])
  } finally {
    for (const spy of spies) spy.mockRestore()
    for (const [index, stream] of streams.entries())
      for (const listener of stream.listeners('error'))
        if (!before[index]!.includes(listener)) stream.removeListener('error', listener as () => void)
  }
  return { code, ...written }
}
