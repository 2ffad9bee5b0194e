// Where Discord sends interactions, when that is not the bot.
import { expect, it } from 'vitest'
import { interactionsElsewhere } from '../../../src/discord/deploy.ts'

it('names the host of an interactions endpoint alone: its path may hold a secret', () => {
  expect(interactionsElsewhere('https://bot.example.org:8443/hooks/s3cret?key=x')).toEqual({
    problem: 'Discord sends slash commands and buttons to bot.example.org:8443 and not to this bot',
    mend: expect.stringMatching(/^empty Interactions/),
  })
  expect(interactionsElsewhere('not a url')?.problem).toContain('another address')
  expect(interactionsElsewhere(null)).toBeNull()
  expect(interactionsElsewhere('')).toBeNull()
})
