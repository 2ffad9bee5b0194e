// Several Python files as one source of settings: finds a name in them, and says where and why not.

import type { ImportReport, Note } from './plan.ts'
import { type PyFile, type PyValue, readPython } from './python.ts'

export interface PySetting {
  name: string
  value: PyValue
  /** "config.py line 3". */
  where: string
}

/** Looks settings up in Python files, and keeps account of what nobody asked for. */
export interface PySources {
  /** The literal of the first of `names` that a file assigns. A name that only code works out becomes a note. */
  find(...names: string[]): PySetting | null
  /** Notes on what stands in the files and was not asked for. */
  unused(): Note[]
}

/** @param texts file name → text */
export function createSources(texts: ReadonlyMap<string, string>, report: ImportReport): PySources {
  const files = [...texts].map(
    ([file, text]) => ({ file, ...readPython(text) }) satisfies PyFile & { file: string },
  )
  const asked = new Set<string>()

  return {
    find(...names) {
      for (const name of names) asked.add(name)
      for (const { file, values, skipped } of files) {
        for (const { line, name, reason } of skipped) {
          if (name === null || !names.includes(name)) continue
          const effect = values.has(name) ? 'what it changes is missing here' : 'set it by hand'
          report.left(`${file} line ${line}: \`${name}\` ${reason}; nothing was run, ${effect}`)
        }
      }
      for (const name of names) {
        for (const { file, values } of files) {
          const value = values.get(name)
          if (value) return { name, value, where: `${file} line ${value.line}` }
        }
      }
      return null
    },
    unused() {
      return files.flatMap(({ file, values, skipped }) => [
        ...[...values]
          .filter(([name]) => !asked.has(name))
          .map(
            ([name, { line }]): Note => ({
              kind: 'left',
              text: `${file} line ${line}: \`${name}\` has no counterpart`,
            }),
          ),
        ...skipped
          .filter(({ name }) => name === null || !(asked.has(name) || HARMLESS.has(name)))
          .map(
            ({ line, reason }): Note => ({
              kind: 'left',
              text: `${file} line ${line} ${reason}; nothing was run`,
            }),
          ),
      ])
    },
  }
}

/** Statements that a settings file may well have and that set nothing. */
const HARMLESS = new Set(['import', 'from', 'pass'])

/** A string; null for anything else. */
export function stringOf(value: PyValue | undefined): string | null {
  return value?.kind === 'string' ? value.value : null
}

/** A number as plain decimal digits; numbers written as strings count. Null for anything else. */
export function decimalOf(value: PyValue | undefined): string | null {
  if (value?.kind === 'number') return plainDecimal(value.text)
  if (value?.kind === 'string' && /^\d+(\.\d+)?$/.test(value.value.trim()))
    return plainDecimal(value.value.trim())
  return null
}

/** The items of a list, tuple or set; null for anything else. */
export function itemsOf(value: PyValue | undefined): PyValue[] | null {
  return value && 'items' in value ? value.items : null
}

/** The entries of a dict whose keys are strings, in order, the last of equal keys; null when it is no dict. */
export function fieldsOf(value: PyValue | undefined): Map<string, PyValue> | null {
  if (value?.kind !== 'dict') return null
  return new Map(value.entries.flatMap(([key, item]) => (key.kind === 'string' ? [[key.value, item]] : [])))
}

/**
 * A number's text as a plain decimal without exponent (`1e-3` → `0.001`), exactly; null when its exponent is
 * beyond reason.
 */
export function plainDecimal(text: string): string | null {
  const match = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text)
  if (!match) return null
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match
  const exponent = Number(exponentText)
  if (Math.abs(exponent) > 100) return null
  const digits = '0'.repeat(100) + whole + fraction + '0'.repeat(100)
  const point = 100 + whole.length + exponent
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0'
  const right = digits.slice(point).replace(/0+$/, '')
  return `${sign}${left}${right ? `.${right}` : ''}`
}
