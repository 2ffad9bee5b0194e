// A `.env` as dotenv reads it, and where systemd's EnvironmentFile would read the same lines otherwise (pure).
import { parse as parseDotenv } from 'dotenv'
import { decodeText } from '../kernel/decode.ts'

/** A variable whose value may not be what its line says. Never holds a value. */
export interface EnvDoubt {
  name: string
  /** Of the file, from 1; null: it comes from the environment. */
  line: number | null
  reason: string
  mend: string
  /** What the bot itself reads is not the whole value. */
  isCut: boolean
}

export interface EnvFile {
  values: Record<string, string>
  doubts: EnvDoubt[]
}

/** Reads the bytes of a `.env`. */
export function readEnvFile(bytes: Uint8Array): EnvFile {
  const text = decodeText(bytes)
  const isUtf16 = bytes[0] === 0xff || bytes[0] === 0xfe
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb
  const values = parseDotenv(text)
  // The mark of UTF-8 belongs to the first name then.
  const bySystemd = isUtf16 ? new Map<string, string>() : readBySystemd(isMarked ? `\uFEFF${text}` : text)
  const lines = text.split(/\r\n?|\n/)
  const doubts = Object.entries(values)
    .filter(([name, value]) => bySystemd.get(name) !== value)
    .map(([name]) => {
      const at = lineOfVariable(lines, name)
      const why = isUtf16
        ? UTF16
        : isMarked && at === 0
          ? MARKED
          : whyOtherwise(lines[at] ?? '', name, bySystemd.has(name))
      return { name, line: at + 1, isCut: false, ...why }
    })
  return { values, doubts }
}

/** Where the line of a name stands that counts, the last one; -1: nowhere. */
export function lineOfVariable(lines: readonly string[], name: string): number {
  const begins = new RegExp(`^\\s*(export\\s+)?${name}\\s*[=:]`)
  return lines.findLastIndex((line) => begins.test(line))
}

/**
 * What the environment gives with the marks of the file that it was read from: Docker's `--env-file` keeps quotes,
 * systemd keeps a note.
 */
export function environmentDoubt(name: string, value: string): EnvDoubt | null {
  const doubt = (reason: string, mend: string) => ({ name, line: null, reason, mend, isCut: false })
  if (/^(['"`]).*\1$/s.test(value))
    return doubt('its value stands in quotes, which count as part of it', 'Take them away where it is set.')
  if (/\s#/.test(value))
    return doubt('a note stands behind its value and counts as part of it', `${NOTE_APART}.`)
  return null
}

const NOTE_APART = 'Put the note on a line of its own'
const UTF16 = { reason: 'systemd cannot read the file, which is UTF-16', mend: 'Save it as UTF-8.' }

const MARKED = {
  reason: 'systemd leaves it out: a byte order mark stands before it',
  mend: 'Save the file without.',
}

type Why = Pick<EnvDoubt, 'reason' | 'mend'> & Partial<EnvDoubt>

function whyOtherwise(line: string, name: string, isRead: boolean): Why {
  const plain = `Write ${name}='…', with nothing before or behind it.`
  if (/^\s*export\s/.test(line))
    return {
      reason: 'systemd leaves it out, because of `export`',
      mend: 'Take the word away: nothing needs it.',
    }
  if (!isRead) return { reason: 'systemd leaves it out', mend: plain }
  const value = line.slice(line.search(/[=:]/) + 1).trim()
  const isQuoted = /^(['"`]).*\1/.test(value)
  if (isQuoted ? /^(['"`]).*\1\s*#/.test(value) : /(^|\s)#/.test(value))
    return { reason: 'systemd takes the note behind it as part of the value', mend: `${NOTE_APART}.` }
  if (!isQuoted && value.includes('#')) {
    const reason = 'from its # on the value is cut off, because it does not stand in quotes'
    return { reason, mend: `Write ${name}='…', in quotes.`, isCut: true }
  }
  return { reason: 'systemd reads its quotes or backslashes otherwise', mend: plain }
}

/**
 * The variables that systemd takes from a file (systemd.exec(5), EnvironmentFile=; `parse_env_file_internal` in its
 * src/basic/env-file.c): `#` and `;` begin a note only at the beginning of a line.
 */
export function readBySystemd(text: string): Map<string, string> {
  const values = new Map<string, string>()
  let rest = text
  const take = (pattern: RegExp): string => {
    const [found = ''] = pattern.exec(rest) ?? []
    rest = rest.slice(found.length)
    return found
  }
  while (rest !== '') {
    take(/^[ \t\r\n]+/)
    // Before systemd 254 a backslash lets a note go on in the next line.
    if (take(/^[#;](?:\\.|[^\\\r\n])*/s) !== '') continue
    const name = take(/^[^=\r\n]+/).trimEnd()
    if (take(/^=/) === '') continue
    let value = ''
    for (let part = ' '; part !== ''; value += unquoted(part)) {
      take(/^[ \t]+/)
      part = take(/^'[^']*'?/) || take(/^"(?:\\.|[^\\"])*"?/s)
    }
    const bare = take(/^(?:\\.|[^\\\r\n])+/s).match(/\\.|[^\\]/gs) ?? []
    while (/^[ \t]$/.test(bare.at(-1) ?? '')) bare.pop()
    value += bare.map((char) => (char.length === 1 ? char : char.slice(1).replace('\n', ''))).join('')
    if (/^[A-Za-z_]\w*$/.test(name)) values.set(name, value)
  }
  return values
}

function unquoted(part: string): string {
  const inside = part.slice(1, part.length > 1 && part.endsWith(part[0]!) ? -1 : undefined)
  if (part[0] === "'") return inside
  return inside.replace(/\\(.)/gs, (whole, char: string) =>
    char === '\n' ? '' : '"\\`$'.includes(char) ? char : whole,
  )
}
