// Where a question goes next: one table of rounds, pauses and ends.
import { describe, expect, test } from 'vitest'
import type { EndpointView } from '../../../src/cosmos/endpoint.ts'
import { accepts, type Failure, nextStep, noteTry, Question } from '../../../src/cosmos/question.ts'
import { UpstreamError } from '../../../src/kernel/errors.ts'

const NOW_MS = 1_000_000
const endpoint = (name: string, view: Partial<EndpointView> = {}): EndpointView => ({
  state: 'fresh',
  checkAgainAtMs: 0,
  transport: { name },
  limiter: { pausedUntilMs: 0 },
  ...view,
})
const TIME_OUT: Failure = { kind: 'timeout', reason: 'time-out' }
const MISFIT: Failure = { kind: 'body', reason: 'answer does not fit', error: new UpstreamError('body', 'x') }

/** The step after each of `tries` failed so, all in one round unless a new one began with `asked` empty. */
function stepAfter(
  endpoints: EndpointView[],
  tries: [EndpointView, Failure][],
  {
    asked = tries.map(([one]) => one),
    ...more
  }: { asked?: EndpointView[]; spentMs?: number; lookedAgain?: boolean } = {},
) {
  const question = { ...new Question({}, 30_000), ...more, asked: new Set(asked) }
  for (const [one, failure] of tries) noteTry(question, one, failure)
  const step = nextStep(question, endpoints, NOW_MS)
  if (step.kind !== 'pause') return step
  return { ...step, asked: [...step.asked].map((one) => one.transport.name) }
}

const a = endpoint('a')
const b = endpoint('b')
const gone = (dueInMs: number) => endpoint('gone', { state: 'failing', checkAgainAtMs: NOW_MS + dueInMs })
const paused = (ms: number) => endpoint('paused', { limiter: { pausedUntilMs: NOW_MS + ms } })
const GIVE_UP = { kind: 'give-up' }

describe('the next step', () => {
  test.each<[string, ReturnType<typeof stepAfter>, object]>([
    ['a new question is asked', stepAfter([a, b], []), { kind: 'ask' }],
    ['one failed, another is left', stepAfter([a, b], [[a, TIME_OUT]]), { kind: 'ask' }],
    [
      'all were asked: a pause, then all again',
      stepAfter(
        [a, b],
        [
          [a, TIME_OUT],
          [b, TIME_OUT],
        ],
      ),
      { kind: 'pause', asked: [] },
    ],
    [
      'whose answer did not fit is left out',
      stepAfter(
        [a, b],
        [
          [a, MISFIT],
          [b, TIME_OUT],
        ],
      ),
      { kind: 'pause', asked: ['a'] },
    ],
    [
      'nobody whose answer fits is left',
      stepAfter(
        [a, b],
        [
          [a, MISFIT],
          [b, MISFIT],
        ],
      ),
      GIVE_UP,
    ],
    [
      'two tries at one of two are enough',
      stepAfter(
        [a, b],
        [
          [a, TIME_OUT],
          [a, TIME_OUT],
          [b, TIME_OUT],
        ],
      ),
      { kind: 'pause', asked: ['a'] },
    ],
    [
      'the only one is tried more often',
      stepAfter(
        [a],
        [
          [a, TIME_OUT],
          [a, TIME_OUT],
          [a, TIME_OUT],
        ],
      ),
      { kind: 'pause', asked: [] },
    ],
    [
      'four tries are all',
      stepAfter(
        [a],
        [
          [a, TIME_OUT],
          [a, TIME_OUT],
          [a, TIME_OUT],
          [a, TIME_OUT],
        ],
        { asked: [] },
      ),
      GIVE_UP,
    ],
    [
      'a 429 counts half',
      stepAfter(
        [a],
        Array.from({ length: 7 }, () => [a, { kind: 'rate-limited', reason: '429' }]),
        { asked: [] },
      ),
      { kind: 'ask' },
    ],
    ['the time is not over', stepAfter([a], [], { spentMs: 29_999 }), { kind: 'ask' }],
    ['the time is over', stepAfter([a], [], { spentMs: 30_000 }), GIVE_UP],
    ['all given up, a look is due soon', stepAfter([gone(5000)], []), { kind: 'look-again', waitMs: 5000 }],
    ['a look that is due already', stepAfter([gone(-1)], []), { kind: 'look-again', waitMs: 0 }],
    ['a look that is not due soon', stepAfter([gone(5001)], []), GIVE_UP],
    ['only one look', stepAfter([gone(0)], [], { lookedAgain: true }), GIVE_UP],
    ['one that asks to wait a minute is waited for', stepAfter([paused(60_000)], []), { kind: 'ask' }],
    ['longer is not', stepAfter([paused(60_001)], []), GIVE_UP],
  ])('%s', (_what, step, expected) => expect(step).toEqual(expected))
})

test.each([
  [{ only: 'a' }, [a, b], ['a']],
  [{ only: 'c' }, [a, b], []],
  [{ avoid: 'a' }, [a, b], ['b']],
  [{ avoid: 'a' }, [a, gone(0)], ['a']],
])('%o may go to', (read, endpoints, names) => {
  const question = new Question(read, 1)
  const taken = endpoints.filter((one) => accepts(question, one, endpoints, NOW_MS))
  expect(taken.map((one) => one.transport.name)).toEqual(names)
})
