// Spans of time: when something was so (pure).

/** A notice comes within 30 s; the world's time goes in steps, and a reading is confirmed first. */
export const SLACK_MS = 60_000

/** From a moment on, up to another one that is not in it; `Infinity`: it has not ended. Unix ms. */
export interface Span {
  fromMs: number
  toMs: number
}

/** The spans in which a switch was on, from its changes in the order of time. */
export function spansOf(changes: readonly { atMs: number; on: boolean }[]): Span[] {
  const spans: Span[] = []
  for (const { atMs, on } of changes) {
    const last = spans.at(-1)
    const isOn = last !== undefined && last.toMs === Infinity
    if (on && !isOn) spans.push({ fromMs: atMs, toMs: Infinity })
    if (!on && isOn) last.toMs = atMs
  }
  return spans.filter(({ fromMs, toMs }) => toMs > fromMs)
}

/** Whether any of the spans has a moment between `fromMs` and `toMs`, both included. */
export const touches = (spans: readonly Span[], fromMs: number, toMs: number) =>
  spans.some((span) => span.fromMs <= toMs && span.toMs > fromMs)

/**
 * The moment at which `ms` have passed since `fromMs` outside of all `pauses`. What the pauses hold does not count, and a
 * pause begins the count anew: who was held up starts again.
 */
export function afterPauses(fromMs: number, ms: number, pauses: readonly Span[]): number {
  let startMs = fromMs
  for (const { fromMs: from, toMs: to } of [...pauses].sort((a, b) => a.fromMs - b.fromMs)) {
    if (from < startMs + ms && to > startMs) startMs = to
  }
  return startMs + ms
}

/** The moment from which on nothing but pauses lies before `toMs`, and `ms` more. */
export function beforePauses(toMs: number, ms: number, pauses: readonly Span[]): number {
  let endMs = toMs
  for (const { fromMs: from, toMs: to } of [...pauses].sort((a, b) => b.toMs - a.toMs)) {
    if (to > endMs - ms && from < endMs) endMs = from
  }
  return endMs - ms
}
