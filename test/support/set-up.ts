// Vitest's global set-up: one folder for all that the tests write, in memory where there is room.
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const ROOM_BYTES = 2 * 2 ** 30

export function setup(): () => void {
  const folder = mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), 'ibc-monitor-tests-'))
  process.env.TMPDIR = folder
  process.env.IBC_MONITOR_BUILT = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/** A disk is waited for at every commit, and a test opens a database or two. */
function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize > ROOM_BYTES
  } catch {
    return false
  }
}
