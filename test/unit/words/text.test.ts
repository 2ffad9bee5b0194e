// Text from others is harmless, and long text is split without loss.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, plain, shorten, splitText } from '../../../src/words/text.ts'

describe('plain', () => {
  it.each([
    ['@everyone', '\\@everyone'],
    ['<@&123> <#4>', '\\<\\@&123\\> \\<#4\\>'],
    ['https://evil.example/x', 'https\\:\\/\\/evil.example\\/x'],
    ['[click](https://evil)', '\\[click\\]\\(https\\:\\/\\/evil\\)'],
    ['**bold** `code` ||spoiler||', '\\*\\*bold\\*\\* \\`code\\` \\|\\|spoiler\\|\\|'],
    ['# title', '\\# title'],
    ['1. list', '1\\. list'],
    ['two\nlines\u202e!', 'two lines !'],
    ['07-tendermint-1', '07-tendermint-1'],
  ])('%s', (text, expected) => {
    expect(plain(text)).toBe(expected)
  })

  it('leaves nothing alive in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const made = plain(text, 1000)
        expect(made.replace(/\\[^0-9A-Za-z\s]/g, '')).not.toMatch(/[\\*_~`|<>@:/[\]()\n]/)
      }),
    )
  })

  it('inline code cannot be closed from inside', () => {
    expect(code('a`b`')).toBe('`aˋbˋ`')
    expect(code('')).toBe('` `')
  })
})

describe('shorten', () => {
  it('keeps what fits, cuts at a word, and never inside of a character', () => {
    expect(shorten('exactly', 7)).toBe('exactly')
    expect(shorten('some words here', 12)).toBe('some words…')
    expect(shorten('💥💥💥', 4)).toBe('💥…')
    expect(shorten('xxxxxxxxxxxx', 5)).toBe('xxxx…')
  })
})

describe('splitText', () => {
  it('splits at line ends, and keeps a text of exactly the limit whole', () => {
    const line = 'x'.repeat(99)
    const text = Array.from({ length: 20 }, () => line).join('\n')
    expect(text).toHaveLength(1999)
    expect(splitText(`${text}y`)).toEqual([`${text}y`])
    expect(splitText(`${text}yz`)).toEqual([`${line}\n`.repeat(19).trim(), `${line}yz`])
  })

  it('has no piece for nothing', () => {
    expect(splitText('')).toEqual([])
    expect(splitText('\n \n')).toEqual([])
  })

  it('closes and opens a code block at a cut', () => {
    const text = `before\n\`\`\`sh\n${'hermes update client\n'.repeat(10)}\`\`\`\nafter`
    const pieces = splitText(text, 120)
    expect(pieces.length).toBeGreaterThan(1)
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(120)
      expect(piece.split('```').length % 2).toBe(1)
    }
    expect(pieces[1]).toMatch(/^```sh\nhermes/)
    expect(pieces.join('\n').match(/hermes update client/g)).toHaveLength(10)
  })

  it('loses no word and exceeds no limit, whatever the text', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '💥', '`', '.'), minLength: 1, maxLength: 30 })
    const separator = fc.constantFrom(' ', '\n', '\n\n', '\n```\n', '\n```sh\n')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, separator), { maxLength: 40 }),
        fc.integer({ min: 90, max: 200 }),
        (parts, max) => {
          const text = parts.map(([one, between]) => one + between).join('')
          const pieces = splitText(text, max)
          for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(max)
          const letters = (all: string) => all.replace(/```sh|[`\s]/g, '')
          expect(letters(pieces.join(''))).toBe(letters(text))
        },
      ),
    )
  })

  it('splits one endless word, not inside of a character', () => {
    const pieces = splitText('💥'.repeat(300), 101)
    expect(pieces.join('')).toBe('💥'.repeat(300))
    for (const piece of pieces) expect(piece).not.toMatch(/[\ud800-\udbff]$/)
  })
})
