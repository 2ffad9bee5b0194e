// What is measured, in Prometheus's text, made at most once a second however often it is asked for.
import { setImmediate } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Clock } from '../kernel/clock.ts'
import { oneLine, shorten } from '../words/text.ts'

type Labels = Readonly<Record<string, string>>

/** One metric with its values at this moment; null: it is not known, and so is not shown. */
export interface Measure {
  /** Without the prefix that all have. */
  name: string
  help: string
  /** `counter`: it only rises, while the process or the database lasts. */
  type: 'gauge' | 'counter'
  values: readonly (readonly [Labels, number | null])[]
}

const PREFIX = 'ibc_monitor_'
const FRESH_MS = 1000
/** A label may be an upstream's word. */
const LABEL_MAX = 128

/** `measure` is asked for all that is not the process's own, one after the other: the rest of the bot has its turn in between. */
export function createMetrics(measure: () => Iterable<Measure>, clock: Pick<Clock, 'now'>) {
  const own = new Registry()
  // Event loop, memory, CPU, garbage collection, under the names that everybody's dashboards know.
  collectDefaultMetrics({ register: own })
  let made: { atMs: number; text: Promise<string> } | null = null

  async function make(): Promise<string> {
    let text = ''
    for (const one of measure()) {
      text += await textOf(one)
      await setImmediate()
    }
    return text + (await own.metrics())
  }

  return {
    type: Registry.PROMETHEUS_CONTENT_TYPE,
    text(): Promise<string> {
      // Either way: a clock that was set back must not show what was for ever.
      if (!made || Math.abs(clock.now() - made.atMs) >= FRESH_MS) made = { atMs: clock.now(), text: make() }
      return made.text
    },
  }
}

function textOf({ name, help, type, values }: Measure): Promise<string> | string {
  const known = values.flatMap(([labels, value]) =>
    value === null ? [] : [{ labels: harmless(labels), value }],
  )
  // Without labels and values it would be shown as 0.
  if (known.length === 0) return ''
  const labelNames = [...new Set(known.flatMap(({ labels }) => Object.keys(labels)))]
  const registry = new Registry()
  const options = { name: `${PREFIX}${name}`, help, labelNames, registers: [registry] }
  const metric = type === 'counter' ? new Counter(options) : new Gauge(options)
  for (const { labels, value } of known) metric.inc(labels, value)
  return registry.metrics()
}

const harmless = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, shorten(oneLine(text), LABEL_MAX)]))
