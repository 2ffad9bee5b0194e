// A `.env` that systemd's EnvironmentFile would read otherwise: named by variable and line, never by its value.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { environmentDoubt, readEnvFile } from '../../../src/config/env-file.ts'

const bytes = (text: string) => Buffer.from(text)
const doubts = (text: string) => readEnvFile(bytes(text)).doubts

describe('a line that both read the same', () => {
  it.each([
    ['FAUCET_TOKEN=plain', 'plain'],
    ["FAUCET_TOKEN='p@ss#word'", 'p@ss#word'],
    ['FAUCET_TOKEN="p@ss #word"', 'p@ss #word'],
    ['FAUCET_TOKEN = spaced  ', 'spaced'],
    ['FAUCET_TOKEN=', ''],
    ['# a note\n; another\n\nFAUCET_TOKEN=plain\r\nOTHER=1\r\n', 'plain'],
    ['FAUCET_TOKEN=first\nFAUCET_TOKEN=last', 'last'],
    ["FAUCET_TOKEN='two\nlines'", 'two\nlines'],
    ['FAUCET_TOKEN=it\'s "so"', 'it\'s "so"'],
    ['FAUCET_TOKEN=https://discord.com/api/webhooks/1/a-b_c?thread_id=2', /thread_id=2$/],
  ])('%j', (text, value) => {
    const read = readEnvFile(bytes(text))
    expect(read.values.FAUCET_TOKEN).toMatch(value)
    expect(read.doubts).toEqual([])
  })
})

describe('a line that they read otherwise', () => {
  it.each([
    ['FAUCET_TOKEN=p@ss#word', 'p@ss', 'is cut off'],
    ['FAUCET_TOKEN=secret # of the faucet', 'secret', 'note behind it'],
    ["FAUCET_TOKEN='secret' # of the faucet", 'secret', 'note behind it'],
    ['FAUCET_TOKEN="sec#ret"# of the faucet', 'sec#ret', 'note behind it'],
    ['FAUCET_TOKEN= # none yet', '', 'note behind it'],
    ['export FAUCET_TOKEN=secret', 'secret', 'because of `export`'],
    ['\uFEFFFAUCET_TOKEN=secret', 'secret', 'byte order mark'],
    ['FAUCET_TOKEN: secret', 'secret', 'leaves it out'],
    ['# a note \\\nFAUCET_TOKEN=secret', 'secret', 'leaves it out'],
    ['FAUCET_TOKEN=sec\\ret', 'sec\\ret', 'quotes or backslashes'],
    ['FAUCET_TOKEN=ends in\\', 'ends in\\', 'quotes or backslashes'],
    ['FAUCET_TOKEN=`secret`', 'secret', 'quotes or backslashes'],
    ['FAUCET_TOKEN="sec\\nret"', 'sec\nret', 'quotes or backslashes'],
    ['FAUCET_TOKEN="sec\\"ret"', 'sec\\"ret', 'quotes or backslashes'],
    ["FAUCET_TOKEN='sec'ret'", "sec'ret", 'quotes or backslashes'],
  ])('%j', (text, value, reason) => {
    const read = readEnvFile(bytes(`OTHER=1\n${text}\nLAST=2\n`.replace(/^(.*\n)\uFEFF/, '\uFEFF')))
    expect(read.values.FAUCET_TOKEN).toBe(value)
    const doubt = read.doubts.find(({ name }) => name === 'FAUCET_TOKEN')!
    expect(doubt.reason).toContain(reason)
    expect(doubt.line).toBe(text.startsWith('\uFEFF') ? 1 : text.startsWith('#') ? 3 : 2)
    expect(doubt.isCut).toBe(reason === 'is cut off')
    expect(JSON.stringify(read.doubts)).not.toMatch(/p@ss|secret|sec#ret|of the faucet/)
  })

  it('is said of every variable of the file, each with its own line, the last one that counts', () => {
    const text = '# secrets\nA_TOKEN=a#b\n\nB_TOKEN=fine\nexport C_TOKEN=c\nA_TOKEN=d#e\n'
    expect(doubts(text).map(({ name, line }) => [name, line])).toEqual([
      ['A_TOKEN', 6],
      ['C_TOKEN', 5],
    ])
  })

  it('the whole file where it is UTF-16, which the bot reads', () => {
    const read = readEnvFile(Buffer.from('\uFEFFFAUCET_TOKEN=secret\r\nOTHER=1\r\n', 'utf16le'))
    expect(read.values).toEqual({ FAUCET_TOKEN: 'secret', OTHER: '1' })
    expect(read.doubts.map(({ name, line }) => [name, line])).toEqual([
      ['FAUCET_TOKEN', 1],
      ['OTHER', 2],
    ])
    expect(read.doubts[0]!.mend).toBe('Save it as UTF-8.')
  })
})

it('a value in the environment that kept the marks of a file is said', () => {
  expect(environmentDoubt('A_TOKEN', '"secret"')?.reason).toContain('quotes')
  expect(environmentDoubt('A_TOKEN', 'secret # of the faucet')?.reason).toContain('note')
  expect(environmentDoubt('A_TOKEN', 'sec#ret')).toBeNull()
  expect(environmentDoubt('A_TOKEN', '')).toBeNull()
})

it('.env.example is read the same, with every line filled in', () => {
  const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')
  const filled = example.replace(/^#?([A-Z_]+=)$/gm, '$1filled-in')
  const { values, doubts } = readEnvFile(bytes(filled))
  expect(Object.keys(values)).toContain('FAUCET_TOKEN')
  expect(Object.values(values).every((value) => value === 'filled-in')).toBe(true)
  expect(doubts).toEqual([])
})
