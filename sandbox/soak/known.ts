// What the auditor finds today and is being mended: each entry goes out with its mend, and hides nothing else.
import type { Found } from './run.ts'

const isDead = ({ during }: Found) => during.some((fault) => fault.startsWith('webhook '))

const KNOWN: { point: string; is: (finding: Found) => boolean }[] = [
  { point: 'C2', is: (one) => ['late', 'missed', 'not ended'].includes(one.kind) && isDead(one) },
]

/** The point of issue 20 that a finding is known as; null: it is new. */
export function knownAs(finding: Found): string | null {
  return KNOWN.find(({ is }) => is(finding))?.point ?? null
}
