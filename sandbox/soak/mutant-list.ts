// Defects to put back into a copy of the program, as text that stands once in a file of src, and what stands there then.
export interface Mutant {
  name: string
  /** The point of issue 20 that it undoes. */
  point?: string
  file: string
  from: string
  to: string
  /** The misfortunes that bring it out, so that few seeds do; left out: a random part of all. */
  only?: string[]
}

const ATTEMPT = 'alerts/outbox/attempt.ts'
const LANE = 'alerts/outbox/lane.ts'
const LIFE = 'alerts/life.ts'
const ASSESS = 'clients/assess.ts'
const DECIDE = 'clients/decide.ts'

export const MUTANTS: Mutant[] = [
  {
    name: 'halted host is called expired',
    point: 'B2',
    file: 'clients/claim.ts',
    from: "return basis === 'memory' ? 'from-memory' : 'by-the-clock'",
    to: "return basis === 'memory' ? 'from-memory' : 'expired'",
    only: ['halts'],
  },
  {
    name: 'what was lost before it was in use is no news',
    point: 'B4',
    file: LIFE,
    from: '(seen.first || state?.toldLevel === level)',
    to: "(seen.first || from !== 'ok')",
    only: ['freezes', 'uses'],
  },
  {
    name: 'everybody is called where mine is named',
    point: 'B6',
    file: 'chains/called.ts',
    from: 'if (namedMine(chain).length > 0) return false',
    to: '',
  },
  {
    name: 'one poisoned row blocks its lane',
    point: 'C1',
    file: LANE,
    from: 'return inOrder ? find((id) => !tried.get(id)?.alone) : undefined',
    to: 'return inOrder ? find(() => true) : undefined',
    only: ['poison'],
  },
  {
    name: 'a disk that fails is not told',
    point: 'C5',
    file: 'storage/fail-over.ts',
    from: 'if (!found) return watch.slow()',
    to: 'if (!found || trouble) return watch.slow()',
    only: ['storage'],
  },
  {
    name: 'nothing goes on from memory',
    point: 'C5',
    file: 'storage/fail-over.ts',
    from: 'if (!clock || copy || text === null) return false',
    to: 'if (clock || text === null) return false',
    only: ['storage'],
  },
  {
    name: 'the channel is looked at at once',
    point: 'C4',
    file: 'alerts/outbox/send.ts',
    from: "'perhaps', { lateMs: timeoutMs }",
    to: "'perhaps', { lateMs: 0 }",
    only: ['discord'],
  },
  {
    name: 'the channel is not looked at',
    file: 'alerts/outbox/find.ts',
    from: "if (!readChannel) return 'absent'",
    to: "if (!readChannel || row.id > 0) return 'absent'",
    only: ['discord'],
  },
  {
    name: 'warning a little too early',
    file: ASSESS,
    from: 'portionNs(periodNs, thresholds.warnAt)',
    to: 'portionNs(periodNs, thresholds.warnAt - 0.05)',
  },
  {
    name: 'critical is never reached',
    file: ASSESS,
    from: "{ atNs: criticalNs, severity: 'critical' }",
    to: "{ atNs: criticalNs, severity: 'warning' }",
  },
  {
    name: 'expired when it is not yet',
    file: ASSESS,
    from: "expiresNs > reading.hostTimeNs ? 'active'",
    to: "expiresNs < reading.hostTimeNs ? 'active'",
  },
  {
    name: 'frozen is not looked at',
    file: ASSESS,
    from: "if (reading.frozen) return { status: 'frozen', reason: null }",
    to: '',
    only: ['freezes'],
  },
  {
    name: 'a confirmation asks the same endpoint',
    file: 'clients/second-look.ts',
    from: "isReading(reading) ? reading.endpoint : ''",
    to: "''",
    only: ['endpoints'],
  },
  {
    name: 'no confirmation',
    file: 'clients/second-look.ts',
    from: 'return [{ ...one, reading: fresher(one.reading, second) }]',
    to: 'return [one]',
    only: ['endpoints'],
  },
  {
    name: 'a mention is dropped',
    file: 'alerts/outbox/commit.ts',
    from: 'mention: message.notice.mention ? mention : []',
    to: "mention: message.notice.mention && message.notice.level !== 'critical' ? mention : []",
  },
  {
    name: 'a level is skipped',
    file: LIFE,
    from: 'RANK[level] > RANK[from]',
    to: 'RANK[level] > RANK[from] + 1',
  },
  {
    name: 'no reminders',
    file: LIFE,
    from: 'reminderMs !== null && nowMs >= reminderMs',
    to: 'reminderMs !== null && nowMs < 0',
  },
  {
    name: 'reminders all the time',
    file: LIFE,
    from: 'deadlineMs - leftAtNoticeMs / 2, lastNoticeMs',
    to: 'lastNoticeMs, lastNoticeMs',
  },
  {
    name: 'what is over is not said',
    file: LIFE,
    from: 'if (!told && !recovered) return { after, notices: [] }',
    to: 'if (!recovered) return { after, notices: [] }',
  },
  {
    name: 'what is over stays red',
    file: 'alerts/outbox/commit.ts',
    from: 'for (const [target, over] of edits) outbox.enqueueEdit(webhook, target, over, nowMs)',
    to: '',
  },
  {
    name: 'an edit in the place of a post',
    file: ATTEMPT,
    from: "const method = messageId === null ? 'POST' : 'PATCH'",
    to: "const method = messageId === null ? 'PATCH' : 'PATCH'",
  },
  {
    name: 'a lane is lost',
    file: 'alerts/outbox/deliver.ts',
    from: 'for (const lane of lanes) lane.pump()',
    to: 'for (const lane of lanes.slice(1)) lane.pump()',
  },
  {
    name: 'delivered without an answer',
    file: 'alerts/outbox/verdict.ts',
    from: "if (!refusal || status === 408 || status === 425) return { kind: 'uncertain', reason }",
    to: "if (!refusal) return { kind: 'accepted', messageId: '1', channelId: null, pauseMs: 0 }",
    only: ['discord'],
  },
  {
    name: 'nothing is read when it is due',
    file: 'clients/watch.ts',
    from: 'due = readDue()',
    to: 'due = []',
  },
  {
    name: 'the clock stops while a chain is blind',
    file: DECIDE,
    from: "const observed: Observation = { ...observation(verdict, true, nowMs), basis: 'memory' }",
    to: "const observed: Observation = { ...observation(verdict, true, nowMs), level: 'unseen' }",
    only: ['endpoints'],
  },
  {
    name: 'an old reading is told as seen',
    file: DECIDE,
    from: "true, nowMs), basis: 'memory' }",
    to: "true, nowMs), basis: 'seen' }",
    only: ['endpoints'],
  },
  {
    name: 'idle clients are told of',
    file: 'clients/types.ts',
    from: "(about === 'live' && attention === 'live')",
    to: "about === 'live'",
  },
  {
    name: 'another command',
    file: 'clients/mend.ts',
    from: 'hermes update client --host-chain',
    to: 'hermes update client --chain',
  },
  {
    name: 'a wrong height on a halted host',
    file: 'clients/mend.ts',
    from: "height ?? 'N'",
    to: "'1'",
    only: ['halts'],
  },
  {
    name: 'sending is not noted before it is sent',
    file: ATTEMPT,
    from: 'database.flushed(() => outbox.markSending(id, messages, payload, clock.now()))',
    to: '',
    only: ['kills'],
  },
  {
    name: 'a dead webhook is waited for',
    point: 'C2',
    file: 'alerts/outbox/fallback.ts',
    from: 'Math.min(LASTS_MS, ',
    to: 'Math.max(100 * LASTS_MS, ',
    only: ['discord'],
  },
  {
    name: 'the own account calls nobody',
    point: 'C2',
    file: 'alerts/outbox/fallback.ts',
    from: 'mentions: { roles, users },',
    to: 'mentions: { roles: [], users: [] },',
    only: ['discord'],
  },
  {
    name: 'a job that fails ends the schedule',
    point: 'C6',
    file: 'watch/schedule.ts',
    from: '!running.has(job)) start(job, nowMs).catch(failed)',
    to: '!running.has(job)) start(job, nowMs).catch((error) => (failed(error), stopping.abort(), jobs.splice === undefined || (jobs as Job[]).splice(0)))',
    only: ['rooms', 'freezes'],
  },
  {
    name: 'an older reading is taken',
    file: 'clients/fresher.ts',
    from: 'if (fresher(stored, reading) === reading) return seen',
    to: 'if (stored) return seen',
    only: ['endpoints'],
  },
  {
    name: 'an endpoint that failed is never asked again',
    point: 'B1',
    file: 'net/backoff.ts',
    from: 'const grownMs = Math.min(mostMs, firstMs * 2 ** attempt)',
    to: 'const grownMs = Math.max(mostMs, 600_000) + firstMs * attempt',
    only: ['endpoints'],
  },
]
