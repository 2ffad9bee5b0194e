// The doctor's report: its order, its verdict, and the lines for people.
import { describe, expect, it } from 'vitest'
import { about, report, reportText } from '../../../../src/cli/doctor/findings.ts'

const chains = about('chains')
const machine = about('machine')

describe('report', () => {
  it('puts the areas in their order, and is not ok with one thing wrong', () => {
    const found = report([machine.wrong('disk', 'full', 'Make room.'), chains.ok('one-1', 'well')])
    expect(found.ok).toBe(false)
    expect(found.findings.map(({ area }) => area)).toEqual(['chains', 'machine'])
  })

  it('is ok with warnings', () => expect(report([chains.warning('one-1', 'one left', 'Add.')]).ok).toBe(true))
})

describe('reportText', () => {
  it('says once what mends several lines in a row, and never leaves it out', () => {
    const text = reportText(
      report([
        chains.ok('one-1', 'well'),
        chains.warning('a', 'slow', 'Take it out.'),
        chains.warning('b', '502', 'Take it out.'),
        chains.wrong('c', 'gone', 'Make a new one.'),
        machine.warning('d', 'old', 'Make a new one.'),
      ]),
      { colour: false },
    )
    expect(text.split('\n')).toEqual([
      'Chains',
      '  ok       one-1: well',
      '  warning  a: slow',
      '  warning  b: 502',
      '           → Take it out.',
      '  wrong    c: gone',
      '           → Make a new one.',
      'Machine',
      '  warning  d: old',
      '           → Make a new one.',
      '',
      '1 ok, 3 to look at, 1 wrong.',
      '',
    ])
  })
})
