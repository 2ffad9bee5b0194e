// Lines for an output that may be full, stuck or gone: over real pipes and /dev/full.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createLineSink } from '../../../src/kernel/line-sink.ts'
import { until } from '../../support/discord-bot.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const one of undo.splice(0)) one()
})

/** Both ends of a new pipe, neither of which blocks. */
function makePipe(): { reader: number; writer: number; read(): string } {
  const directory = mkdtempSync(join(tmpdir(), 'ibc-monitor-'))
  const path = join(directory, 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  undo.push(() => rmSync(directory, { recursive: true }))
  const bytes = Buffer.alloc(1 << 20)
  const read = () => {
    try {
      return bytes.toString('utf8', 0, readSync(reader, bytes))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return ''
      throw error
    }
  }
  return { reader, writer, read }
}

it('writes lines in their order, also when the reader pauses; what is too much is dropped whole, and counted', async () => {
  const { writer, read } = makePipe()
  const sink = createLineSink(writer, () => 1000)
  const line = (n: number) => `${String(n).padStart(6, '0')} ${'x'.repeat(1000)}\n`
  for (let n = 0; n < 3000; n++) sink.write(line(n))
  await until(() => sink.status().stuck?.reason === 'nobody reads it')
  expect(sink.status().stuck?.sinceMs).toBe(1000)
  const { dropped } = sink.status()
  expect(dropped).toBeGreaterThan(1500)
  let all = ''
  await until(() => {
    all += read()
    return sink.status().stuck === null
  })
  sink.write('and on\n')
  await sink.end(60_000)
  all += read()
  const kept = Array.from({ length: 3000 - dropped }, (_, n) => line(n))
  // Not `toBe`: nobody can read a megabyte of difference.
  expect(all === `${kept.join('')}and on\n`).toBe(true)
  expect(sink.status()).toEqual({ dropped, stuck: null })
})

it('ends in time where nobody reads, and writes nothing from then on', async () => {
  const { writer, read } = makePipe()
  const sink = createLineSink(writer)
  sink.write(`${'x'.repeat(200_000)}\n`)
  await sink.end(20)
  sink.write('too late\n')
  expect(read()).toMatch(/^x{65536}$/)
  // Longer than the pause between two tries.
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(read()).toBe('')
})

it('survives a full disk and a reader that is gone, and says which it is', async () => {
  const full = openSync('/dev/full', 'w')
  undo.push(() => closeSync(full))
  const sink = createLineSink(full)
  sink.write('one\n')
  await until(() => sink.status().stuck?.reason === 'the disk is full')
  const { reader, writer } = makePipe()
  closeSync(reader)
  const gone = createLineSink(writer)
  gone.write('one\n')
  await until(() => gone.status().stuck?.reason === 'its reader is gone')
  await Promise.all([sink.end(0), gone.end(0)])
})
