// What the doctor finds (pure): findings, the JSON object of `doctor --json`, the lines for people, the exit code.
import type { SecretProblem } from '../../kernel/secrets.ts'
import { createColours } from '../colours.ts'

export const AREAS = ['configuration', 'chains', 'discord', 'webhook', 'pagers', 'faucet', 'machine'] as const
export type Area = (typeof AREAS)[number]
export type FindingLevel = 'ok' | 'warning' | 'wrong'

export interface Finding {
  area: Area
  /** What it is about: a setting, an endpoint, a channel. */
  subject: string
  level: FindingLevel
  text: string
  /** What to do about it; null where it is well. */
  mend: string | null
}

export interface DoctorReport {
  /** Nothing is wrong; warnings may be there. */
  ok: boolean
  findings: Finding[]
}

/** Findings of one area. */
export function about(area: Area) {
  const finding = (level: FindingLevel) => (subject: string, text: string, mend: string) =>
    ({ area, subject, level, text, mend }) satisfies Finding
  const warning = finding('warning')
  const wrong = finding('wrong')
  return {
    ok: (subject: string, text: string): Finding => ({ area, subject, level: 'ok', text, mend: null }),
    warning,
    wrong,
    unread: (subject: string, reason: string) =>
      warning(subject, `could not be looked up: ${reason}`, 'Run the doctor again later.'),
    /** `otherwise`: what to do where its own words do not say it. */
    secret({ place, text }: SecretProblem, otherwise: string): Finding {
      const [what = text, ...mend] = text.split('. ')
      return wrong(place, what, mend.join('. ') || otherwise)
    },
  }
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** A sentence of a hint: `write it out` → "Write it out." */
export const sentence = (text: string): string => `${capital(text)}.`

/** Findings by area, in the order in which they were made within each. */
export function report(findings: readonly Finding[]): DoctorReport {
  const ordered = AREAS.flatMap((area) => findings.filter((one) => one.area === area))
  return { ok: !ordered.some(({ level }) => level === 'wrong'), findings: ordered }
}

/** The report as lines for people, with what mends it below each line that is not ok. */
export function reportText({ findings }: DoctorReport, options: { colour: boolean }): string {
  const colours = createColours(options.colour)
  const paint = { ok: colours.green, warning: colours.yellow, wrong: colours.red }
  const lines: string[] = []
  for (const area of AREAS) {
    const own = findings.filter((one) => one.area === area)
    if (own.length === 0) continue
    lines.push(colours.bold(capital(area)))
    for (const [index, { subject, level, text, mend }] of own.entries()) {
      lines.push(`  ${paint[level](level.padEnd(7))}  ${subject}: ${text}`)
      // What mends several lines in a row is said once, below them.
      if (mend !== null && own[index + 1]?.mend !== mend) lines.push(`           → ${mend}`)
    }
  }
  const count = (level: FindingLevel) => findings.filter((one) => one.level === level).length
  lines.push('', `${count('ok')} ok, ${count('warning')} to look at, ${count('wrong')} wrong.`, '')
  return lines.join('\n')
}
