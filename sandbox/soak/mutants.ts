// `npm run soak:mutants [-- NAME…]`: puts defects into copies of src, and tells which of them the soak finds, and how.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutant-list.ts'
import { STANDBY_MUTANTS } from './mutants-standby.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** A defect that is not found within so many seeds is not found. */
const SEEDS = Number(process.env.SEEDS ?? 8)
/** Each with a random part of all misfortunes, as a stranger would play it. */
const ANY = process.env.ANY === '1'

/** A copy of the program with one defect in it. @throws when its text does not stand there once */
function copyOf({ name, file, from, to }: Mutant): string {
  const folder = mkdtempSync(join(tmpdir(), `ibc-monitor-mutant-${name.replace(/\W+/g, '-').slice(0, 30)}-`))
  for (const part of ['src', 'sandbox', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const path = join(folder, 'src', file)
  const parts = readFileSync(path, 'utf8').split(from)
  if (parts.length !== 2) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`its text stands ${parts.length - 1} times in src/${file}`)
  }
  writeFileSync(path, parts.join(to))
  return folder
}

/** What the soak says of the seeds from `first` on, line by line; it ends with the first seed that has a finding. */
function soak(folder: string, first: number, seeds: number, only: readonly string[]): Promise<string[]> {
  const args = [
    '--max-semi-space-size=64',
    '--import',
    'tsx',
    'sandbox/soak/main.ts',
    '--jobs',
    '1',
    '--hours',
    '12',
    '--until-found',
  ]
  args.push('--seed', String(first), '--seeds', String(seeds))
  if (only.length > 0) args.push('--only', only.join(','))
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    run.stdout.on('data', (part: Buffer) => {
      text += part
    })
    run.once('error', reject)
    run.once('exit', () => resolve(text.split('\n')))
  })
}

const clean = new Map<string, Promise<string[]>>()

/** What is found in a seed of the program as it is: nothing, if all is well. */
function withoutDefect(seed: number, only: readonly string[]): Promise<string[]> {
  const key = `${seed} ${only}`
  if (!clean.has(key)) clean.set(key, soak(ROOT, seed, 1, only).then(findingsIn))
  return clean.get(key)!
}

const findingsIn = (lines: readonly string[]) => lines.filter((line) => /^ {2}[a-z][a-z ]*: /.test(line))

/** How the soak finds a defect: `found in seed 3: late: …`. */
async function tried(mutant: Mutant): Promise<{ isFound: boolean; how: string }> {
  const folder = copyOf(mutant)
  const only = ANY ? [] : (mutant.only ?? [])
  try {
    for (let seed = 1; seed <= SEEDS; ) {
      const lines = await soak(folder, seed, SEEDS - seed + 1, only)
      const played = lines.filter((line) => line.startsWith('seed ')).length
      // A bot that cannot start shows nothing.
      if (played === 0) return { isFound: false, how: 'it does not run' }
      const last = seed + played - 1
      const findings = findingsIn(lines)
      if (findings.length === 0) break
      const known = await withoutDefect(last, only)
      const own = findings.filter((line) => !known.includes(line))
      const kinds = [...new Set(own.map((line) => line.trim().split(': ')[0]))].join(', ')
      if (own.length > 0) return { isFound: true, how: `seed ${last}: ${own.length} × ${kinds};${own[0]}` }
      seed = last + 1
    }
    return { isFound: false, how: `NOT in ${SEEDS} seeds` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const wanted = process.argv.slice(2)
const rows: string[] = []
let missed = 0
for (const mutant of [...MUTANTS, ...STANDBY_MUTANTS].filter(
  ({ name }) => wanted.length === 0 || wanted.includes(name),
)) {
  const { isFound, how } = await tried(mutant).catch((error: Error) => ({
    isFound: false,
    how: error.message,
  }))
  if (!isFound) missed++
  const row = `${(mutant.point ?? '').padEnd(4)}${mutant.name.padEnd(52)}${how}`
  console.log(row.slice(0, 260))
  rows.push(row.split(';')[0]!)
}
console.log(`\nWhat was put in, and in which seed by which findings it was found:\n${rows.join('\n')}`)
console.log(`\n${missed} of ${rows.length} not found`)
process.exit(missed === 0 ? 0 : 1)
