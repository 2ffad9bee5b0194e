// Which numbers a list lacks, of a chain that counts without a gap.
import { describe, expect, it } from 'vitest'
import { missingNumbers } from '../../../src/clients/survey-evidence.ts'

describe('the numbers that a list lacks', () => {
  it.each<[string[], number[]]>([
    [[], [0]],
    [['connection-localhost', 'connection-0', 'connection-1'], [2]],
    [
      ['channel-4', 'channel-1'],
      [0, 2, 3, 5],
    ],
    [
      ['07-tendermint-0', '06-solomachine-1', '09-localhost', 'attestations-3'],
      [2, 4],
    ],
  ])('%j: %j', (ids, missing) => expect(missingNumbers(ids)).toEqual(missing))

  it('are few, whatever the ids are', () => {
    expect(missingNumbers(['connection-999999999999999'])).toHaveLength(20)
    expect(missingNumbers(['connection-18446744073709551615'])).toEqual([0])
  })
})
