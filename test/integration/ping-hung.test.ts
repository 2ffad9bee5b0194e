// A process that stands still or whose loop hangs sends no ping: whoever waits for it misses it.
import { fork } from 'node:child_process'
import { expect, it } from 'vitest'
import { servePings } from '../../sandbox/ping/server.ts'
import { built } from '../support/built.ts'

it('a stopped process and a hung loop are missed', { timeout: 60_000 }, async () => {
  const server = await servePings()
  const child = fork(built('test/support/ping-child.ts'), [`${server.url}/push`], { execArgv: [] })
  const more = async () => {
    const before = server.came.length
    await expect.poll(() => server.came.length, { timeout: 30_000 }).toBeGreaterThan(before + 1)
  }
  /** None comes within two and a half minutes of its time, after what was under way. */
  const none = async () => {
    await new Promise((passed) => setTimeout(passed, 300))
    const before = server.came.length
    await new Promise((passed) => setTimeout(passed, 1500))
    expect(server.came.length).toBe(before)
  }
  try {
    await more()
    child.kill('SIGSTOP')
    await none()
    child.kill('SIGCONT')
    await more()
    child.send('hang')
    await none()
  } finally {
    child.kill('SIGKILL')
    await server.close()
  }
})
