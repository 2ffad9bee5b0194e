// Moves a file in through the command line, into a folder of its own, and keeps what came of it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { runCommand } from './command-line.ts'

export let moveHome: string

export function makeHome(): void {
  moveHome = mkdtempSync(join(tmpdir(), 'ibc-monitor-import-'))
}

export const removeHome = (): void => rmSync(moveHome, { recursive: true, force: true })

export interface MovedIn {
  code: number
  /** Everything that was said. */
  said: string
  /** What was written, as text and as it loads; null where nothing was. */
  text: string | null
  chains: Awaited<ReturnType<typeof loadConfig>>['chains']
}

/** A list of keys stands beside the file, as NAME.keys.txt. */
export async function moveIn(file: string, config = 'config.ts'): Promise<MovedIn> {
  const keys = `${file.replace(/\.\w+$/, '')}.keys.txt`
  const path = join(moveHome, config)
  const ran = await runCommand(
    'import',
    file,
    ...(existsSync(keys) ? ['--keys', keys] : []),
    ...['--config', path, '--data', join(moveHome, 'data')],
  )
  const text = existsSync(path) ? readFileSync(path, 'utf8') : null
  expect(ran.out).toBe('')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is asked.
  expect(ran.err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(text === null).toBe(ran.code !== 0)
  return { code: ran.code, said: ran.err, text, chains: text === null ? [] : (await loadConfig(path)).chains }
}

/** A file with this text, moved in. */
export function moveInText(
  text: string | Buffer,
  options: { name?: string; keys?: string; config?: string } = {},
): Promise<MovedIn> {
  const file = join(moveHome, options.name ?? 'file.conf')
  writeFileSync(file, text)
  if (options.keys !== undefined) writeFileSync(`${file.replace(/\.\w+$/, '')}.keys.txt`, options.keys)
  return moveIn(file, options.config)
}
