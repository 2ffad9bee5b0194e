// Defects of two watchers, and of those who have an alert, to put back into a copy of the program.
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
    from: 'message.mention.every(isCalled)',
    to: '!message.mention.every(isCalled)',
    only: STANDBY,
  },
  {
    name: 'the first watcher is quiet for what nobody was called for',
    file: 'alerts/standby/decide.ts',
    from: 'message.mention.every(isCalled)',
    to: 'message.mention.every((tag) => isCalled(tag) || tag)',
    only: [...STANDBY, 'endpoints', 'halts'],
  },
  {
    name: 'what somebody has is not quiet',
    file: 'alerts/life.ts',
    from: 'return ack !== null && RANK[level] <= RANK[ack.level]',
    to: 'return ack !== null && RANK[level] < RANK[ack.level]',
    only: ['acks', 'uses'],
  },
  {
    name: 'whoever had it is not called',
    file: 'alerts/compose.ts',
    from: '...(ackedBy === null ? [] : [',
    to: '...(ackedBy !== null ? [] : [',
    only: ['acks', 'uses'],
  },
]
