// What the auditor finds today and is being mended: each entry goes out with its mend, and hides nothing else.
import type { Found } from './run.ts'

const KNOWN: { point: string; is: (finding: Found) => boolean }[] = []

/** The point of issue 20 that a finding is known as; null: it is new. */
export function knownAs(finding: Found): string | null {
  return KNOWN.find(({ is }) => is(finding))?.point ?? null
}
