// Which messages are commands, and which unknown words deserve an answer.
import { describe, expect, it } from 'vitest'
import { probablyMeant, readPrefixLine } from '../../../src/discord/parse-prefix.ts'

describe('readPrefixLine', () => {
  it.each([
    ['$data', { word: 'data', rest: '' }],
    ['  $data osmosis\nexpired ', { word: 'data', rest: 'osmosis\nexpired' }],
    ['$100 for you', { word: '100', rest: 'for you' }],
    ['$ data', null],
    ['$', null],
    ['data', null],
    ['pay $data', null],
  ])('%j', (content, expected) => {
    expect(readPrefixLine(content, '$')).toEqual(expected)
  })

  it('takes a prefix of several characters', () => {
    expect(readPrefixLine('ibc!data x', 'ibc!')).toEqual({ word: 'data', rest: 'x' })
  })
})

describe('probablyMeant', () => {
  const names = ['data', 'client', 'wallets', 'my_wallets']
  it.each([
    ['dat', 'data'],
    ['dataa', 'data'],
    ['dsta', 'data'],
    ['adta', 'data'],
    ['clinet', 'client'],
    ['my_walets', 'my_wallets'],
    ['dtaa', 'data'],
    ['atad', null],
    ['da', null],
    ['DATA', null],
    ['Dat', null],
    ['dat4', null],
    ['100', null],
    ['ATOM', null],
    ['atom', null],
    ['data', null],
  ])('%s', (word, expected) => {
    expect(probablyMeant(word, names)).toBe(expected)
  })
})
