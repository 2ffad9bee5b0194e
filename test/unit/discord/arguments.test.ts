// Arguments are split, checked and converted the same for every door; a "no" says everything at once.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { convertArgs, splitArgs, usageOf } from '../../../src/discord/arguments.ts'
import { Refusal } from '../../../src/kernel/errors.ts'
import { ack, command } from './commands.ts'

const show = (text: string) => `$${text}`
const data = command()

describe('splitArgs', () => {
  it.each([
    ['', {}],
    ['osmosis', { chain: 'osmosis' }],
    ['  osmosis   expired ', { chain: 'osmosis', status: 'expired' }],
    ['expired', { status: 'expired' }],
    ['Expired osmosis', { status: 'Expired', chain: 'osmosis' }],
    ['"Cosmos Hub" frozen', { chain: 'Cosmos Hub', status: 'frozen' }],
    ['“Cosmos Hub”', { chain: 'Cosmos Hub' }],
    ["'o'neil chain'", { chain: "o'neil chain" }],
    ['"not closed', { chain: '"not', status: 'closed' }],
    ['""', { chain: '' }],
  ])('%s', (text, expected) => {
    expect(splitArgs(data, text, show)).toEqual(expected)
  })

  it('gives the last argument the rest of the line as it is', () => {
    expect(splitArgs(ack, '41 2h  "relayer" was   restarted', show)).toEqual({
      alert: '41',
      time: '2h',
      note: '"relayer" was   restarted',
    })
    expect(splitArgs(ack, '41 2h "relayer restarted"', show)).toMatchObject({ note: 'relayer restarted' })
  })

  it('names the value that is too many', () => {
    expect(() => splitArgs(data, 'osmosis expired @everyone', show)).toThrow(
      new Refusal(
        '`$data` takes at most 2 arguments; `@everyone` is too many. Put a value with spaces in quotes.\n' +
          'Usage: `$data [chain] [status]`, such as `$data osmosis expired`',
      ),
    )
    expect(() => splitArgs(command({ args: [] }), 'x', show)).toThrow(
      '`$data` takes no arguments; `x` is too many',
    )
  })

  it('does not skip an argument that must be given', () => {
    const strict = command({
      args: [
        { name: 'chain', summary: 'A chain', required: true },
        { ...data.args[1]!, required: true },
      ],
    })
    expect(splitArgs(strict, 'expired', show)).toEqual({ chain: 'expired' })
  })
})

describe('convertArgs', () => {
  it('converts by kind, choice and schema; what was left out is absent', () => {
    expect(convertArgs(ack, { alert: '41', time: '2h' }, show)).toEqual({ alert: 41, time: { text: '2h' } })
    expect(convertArgs(data, { status: 'EXPIRED' }, show)).toEqual({ status: 'expired' })
    expect(convertArgs(data, { chain: '  ' }, show)).toEqual({})
  })

  it('says every problem at once, with usage and an example', () => {
    expect(() => convertArgs(ack, { alert: '4x', time: 'soon' }, show)).toThrow(
      new Refusal(
        '`alert`: `4x` is not a whole number\n`time`: give a time such as 2h\n' +
          'Usage: `$ack <alert> [time] [note]`, such as `$ack 41 2h relayer restarted`',
      ),
    )
    expect(() => convertArgs(ack, {}, show)).toThrow('`alert` is missing: The number of the alert\nUsage:')
    expect(() => convertArgs(data, { status: 'gone' }, show)).toThrow(
      '`status`: `gone` is none of `active`, `expired`, `frozen`',
    )
  })

  it.each(['1.5', '1e3', '0x10', '99999999999999999999', ''])('%s is no integer', (alert) => {
    expect(() => convertArgs(ack, { alert }, show)).toThrow(Refusal)
  })

  it.each([
    ['<@972778865355272194>', '972778865355272194'],
    ['<@!972778865355272194>', '972778865355272194'],
    ['972778865355272194', '972778865355272194'],
    ['@ann', null],
    ['<@&972778865355272194>', null],
  ])('a user as %s', (text, id) => {
    const ban = command({ args: [{ name: 'user', summary: 'Whom', kind: 'user' }] })
    if (id) expect(convertArgs(ban, { user: text }, show)).toEqual({ user: id })
    else expect(() => convertArgs(ban, { user: text }, show)).toThrow('is not a user')
  })

  it('lets a schema refuse by throwing', () => {
    const schema = z.string().transform(() => {
      throw new Refusal('not like this')
    })
    const strange = command({ args: [{ name: 'x', summary: 'X', schema }] })
    expect(() => convertArgs(strange, { x: '1' }, show)).toThrow('`x`: not like this')
  })
})

it('usage marks what must be given', () => {
  expect(usageOf(ack)).toBe('ack <alert> [time] [note]')
})
