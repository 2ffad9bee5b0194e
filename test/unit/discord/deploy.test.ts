// What Discord has of the commands is compared with what is wanted: each field that counts, and none that it adds.
import { describe, expect, it } from 'vitest'
import { interactionsElsewhere, sameCommands } from '../../../src/discord/deploy.ts'

const chain = {
  type: 3,
  name: 'chain',
  description: 'A chain',
  choices: [
    { name: 'Osmosis', value: 'osmosis-1' },
    { name: 'Cosmos Hub', value: 'cosmoshub-4' },
  ],
}
const amount = { type: 4, name: 'amount', description: 'How much', required: true, max_value: 5 }
const data = { type: 1, name: 'data', description: 'The clients', options: [amount, chain] }
const help = { type: 1, name: 'help', description: 'The list', options: [] }
const wanted = [data, help]

/** As Discord gives it back. */
const there = (one: object, id: string): Record<string, unknown> => ({
  id,
  application_id: '1',
  guild_id: '2',
  version: `${id}0`,
  default_member_permissions: null,
  name_localizations: null,
  description_localizations: null,
  dm_permission: true,
  contexts: null,
  integration_types: [0, 1],
  nsfw: false,
  something_new: 7,
  ...one,
})
const registered = () => [there(help, '8'), there(structuredClone(data), '9')]
const withData = (change: object) => [there(help, '8'), there({ ...data, ...change }, '9')]
const withOption = (change: object) => withData({ options: [amount, { ...chain, ...change }] })

describe('sameCommands', () => {
  it('takes for the same what Discord fills in, leaves out and puts in another order', () => {
    expect(sameCommands(registered(), wanted)).toBe(true)
    const { options: _, ...bare } = help
    expect(sameCommands([there(data, '9'), there(bare, '8')], wanted)).toBe(true)
    const filled = { required: false, autocomplete: false, name_localizations: null, channel_types: [] }
    expect(sameCommands(withOption(filled), wanted)).toBe(true)
  })

  it.each<[string, object[]]>([
    ['a description', withData({ description: 'Clients' })],
    ['max_length of an option', withOption({ max_length: 20 })],
    ['min_value of an option', withOption({ min_value: 0 })],
    ['required', withOption({ required: true })],
    ['autocomplete', withOption({ autocomplete: true })],
    ['a choice fewer', withOption({ choices: chain.choices.slice(1) })],
    ['choices in another order', withOption({ choices: chain.choices.toReversed() })],
    [
      "a choice's value",
      withOption({ choices: [{ name: 'Osmosis', value: 'osmo-test-5' }, chain.choices[1]] }),
    ],
    [
      "a choice's localization",
      withOption({ choices: [{ ...chain.choices[0], name_localizations: { de: 'O' } }, chain.choices[1]] }),
    ],
    ['options in another order', withData({ options: [chain, amount] })],
    ['permissions', withData({ default_member_permissions: '0' })],
    ['nsfw', withData({ nsfw: true })],
    ['a localization', withData({ description_localizations: { 'pt-BR': 'Os clientes' } })],
    ['a sub-command', withData({ options: [{ type: 1, name: 'sub', description: 'One' }] })],
    ['the type', withData({ type: 3 })],
    ['one more', [...registered(), there({ ...help, name: 'more' }, '7')]],
    ['one fewer', registered().slice(1)],
  ])('tells %s apart', (_, other) => expect(sameCommands(other, wanted)).toBe(false))

  it('looks at what Discord fills in where it is sent', () => {
    const sent = [{ ...data, contexts: [0], integration_types: [1, 0], default_member_permissions: 32 }, help]
    const kept = { contexts: [0], default_member_permissions: '32' }
    expect(sameCommands(withData(kept), sent)).toBe(false)
    expect(sameCommands([there({ ...help, integration_types: null }, '8'), withData(kept)[1]!], sent)).toBe(
      true,
    )
    expect(sameCommands(withData({ ...kept, contexts: [0, 2] }), sent)).toBe(false)
  })
})

it('names the host of an interactions endpoint alone: its path may hold a secret', () => {
  expect(interactionsElsewhere('https://bot.example.org:8443/hooks/s3cret?key=x')).toEqual({
    problem: 'Discord sends slash commands and buttons to bot.example.org:8443 and not to this bot',
    mend: expect.stringMatching(/^empty Interactions/),
  })
  expect(interactionsElsewhere('not a url')?.problem).toContain('another address')
  expect(interactionsElsewhere(null)).toBeNull()
  expect(interactionsElsewhere('')).toBeNull()
})
