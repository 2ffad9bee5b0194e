// Defects of two watchers to put back into a copy of the program.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of source files
import type { Mutant } from './mutant.ts'

const STANDBY = ['standby', 'freezes', 'kills', 'restarts']

export const STANDBY_MUTANTS: Mutant[] = [
  {
    name: 'a second watcher speaks at once',
    file: 'alerts/standby/watch.ts',
    from: 'const GRACE_MS = 3 * MINUTE_MS',
    to: 'const GRACE_MS = 0',
    only: STANDBY,
  },
  {
    name: 'a second watcher never speaks',
    file: 'alerts/standby/watch.ts',
    from: 'return told ? null : message',
    to: 'return told ? null : null',
    only: STANDBY,
  },
  {
    name: 'a second watcher waits for half an hour',
    file: 'alerts/standby/watch.ts',
    from: 'const GRACE_MS = 3 * MINUTE_MS',
    to: 'const GRACE_MS = 30 * MINUTE_MS',
    only: STANDBY,
  },
  {
    name: 'a second watcher knows the tracked chain, not the host',
    file: 'alerts/standby/decide.ts',
    from: 'whole(`(?:${hosts})[ /](?:${clients})`)',
    to: 'whole(`(?:${clients}) .*(?:${hosts})`)',
    only: STANDBY,
  },
  {
    name: 'the first watcher calls again when it is back',
    file: 'alerts/standby/decide.ts',
    from: 'return told && mention.every(',
    to: 'return !told && mention.every(',
    only: STANDBY,
  },
]
