// `node --import tsx sandbox/soak/mutants.ts [NAME…]`: puts defects into copies of src, and tells which of them the soak finds.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MUTANTS, type Mutant } from './mutant-list.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** A defect that is not found within so many seeds is not found. */
const SEEDS = Number(process.env.SEEDS ?? 8)

/** A copy of the program with one defect in it. @throws when its text does not stand there once */
function copyOf({ name, file, from, to }: Mutant): string {
  const folder = mkdtempSync(join(tmpdir(), `ibc-monitor-mutant-${name.replace(/\W+/g, '-').slice(0, 30)}-`))
  for (const part of ['src', 'sandbox', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const path = join(folder, 'src', file)
  const parts = readFileSync(path, 'utf8').split(from)
  if (parts.length !== 2) throw new Error(`${name}: its text stands ${parts.length - 1} times in src/${file}`)
  writeFileSync(path, parts.join(to))
  return folder
}

/** The first new finding of the seeds, with how many were played; null: none. */
function soak(
  folder: string,
  only: readonly string[] = [],
): Promise<{ seeds: number; found: string | null }> {
  const args = ['--import', 'tsx', 'sandbox/soak/main.ts', '--seeds', String(SEEDS), '--until-found']
  if (only.length > 0) args.push('--only', only.join(','))
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    run.stdout.on('data', (part: Buffer) => {
      text += part
    })
    run.once('error', reject)
    run.once('exit', () => {
      const lines = text.split('\n')
      const found = lines.find((line) => /^ {2}[a-z]/.test(line)) ?? null
      const seeds = lines.filter((line) => line.startsWith('seed ')).length
      // A bot that cannot start is found, too, but shows nothing.
      resolve({ seeds, found: seeds === 0 ? '(it does not run)' : (found?.trim() ?? null) })
    })
  })
}

const wanted = process.argv.slice(2)
let missed = 0
for (const mutant of MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  let folder = ''
  try {
    folder = copyOf(mutant)
    const { seeds, found } = await soak(folder, mutant.only)
    if (found === null) missed++
    const result =
      found === null ? `NOT FOUND in ${seeds} seeds` : `found in ${seeds}: ${found.slice(0, 140)}`
    console.log(`${(mutant.point ?? '').padEnd(4)}${mutant.name.padEnd(44)}${result}`)
  } catch (error) {
    missed++
    console.log((error as Error).message)
  } finally {
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  }
}
console.log(`\n${missed} not found`)
process.exit(missed === 0 ? 0 : 1)
