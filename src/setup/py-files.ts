// Several Python files as one source of settings: finds a name in them, and says where and why not.

import { templateIn } from './file-syntax.ts'
import type { ImportReport } from './plan.ts'
import { type PyValue, readPython } from './python.ts'
import { shown } from './showable.ts'

export interface PySetting {
  name: string
  value: PyValue
  /** "config.py line 3". */
  where: string
}

export type PySources = ReturnType<typeof createSources>

/** Damaged places of one setting that are named each. */
const MOST_SAID = 20

/**
 * Looks settings up in Python files, and keeps account of what nobody asked for.
 * @param texts file name → text
 */
export function createSources(texts: ReadonlyMap<string, string>, report: ImportReport) {
  const files = [...texts].map(([file, text]) => ({ file, ...readPython(text) }))
  const asked = new Set<string>()

  return {
    /**
     * The literal of the first of `names` that a file assigns; where several do, the last file counts, as it did there
     * (`from config import *`, then `from chains import *`). A name that only code works out becomes a note.
     */
    find(...names: string[]): PySetting | null {
      for (const name of names) asked.add(name)
      for (const { file, values, skipped } of files) {
        const own = skipped.filter(({ name }) => name !== null && names.includes(name))
        if (own.length > MOST_SAID)
          report.left(`${file}: ${own.length - MOST_SAID} more places could not be read besides these`)
        for (const { line, name, reason } of own.slice(0, MOST_SAID)) {
          const effect = values.has(name!) ? 'what it changes is missing here' : 'set it by hand'
          report.left(`${file} line ${line}: \`${name}\` ${reason}; nothing was run, ${effect}`)
        }
      }
      for (const name of names) {
        const found = files.flatMap(({ file, values }) => {
          const value = values.get(name)
          return value ? [{ name, value, where: `${file} line ${value.line}` }] : []
        })
        const last = found.pop()
        for (const { where } of found)
          report.changed(`${where}: \`${name}\` is in ${last!.where} too, which counts`)
        if (!last) continue
        for (const { line } of keysOf(last.value).filter((key) => key.kind !== 'string'))
          report.left(`${last.where}: \`${name}\` has a key in line ${line} that is no text; it is not read`)
        return { ...last, value: withoutTemplates(last, report) }
      }
      return null
    },
    /** Notes what stands in the files and was not asked for. */
    sayUnused(): void {
      for (const { file, values, skipped } of files) {
        for (const [name, { line }] of values)
          if (!asked.has(name)) report.left(`${file} line ${line}: \`${shown(name)}\` has no counterpart`)
        for (const { line, name, reason } of skipped)
          if (name === null || !(asked.has(name) || HARMLESS.has(name)))
            report.left(`${file} line ${line} ${reason}; nothing was run`)
      }
    },
  }
}

/** What is still a template is no value; that is said once for a setting. */
function withoutTemplates({ name, value, where }: PySetting, report: ImportReport): PyValue {
  let mark: string | null = null
  const filled = (one: PyValue): PyValue => {
    const found = one.kind === 'string' ? templateIn(one.value) : null
    mark ??= found
    if (found !== null) return { kind: 'constant', value: null, line: one.line }
    if ('items' in one) return { ...one, items: one.items.map(filled) }
    if (one.kind !== 'dict') return one
    return { ...one, entries: one.entries.map(([key, item]) => [filled(key), filled(item)]) }
  }
  const result = filled(value)
  if (mark !== null) report.left(`${where}: \`${name}\` is or has a template (${mark}): put its value in`)
  return result
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

/** The keys of a dict; none for anything else. */
export const keysOf = (value: PyValue | undefined): PyValue[] =>
  value?.kind === 'dict' ? value.entries.map(([key]) => key) : []

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
