// An answer always fits Discord's limits, without losing anything.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Embed, Reply } from '../../../src/discord/command.ts'
import { decodePage, splitEmbed, toPayloads } from '../../../src/discord/reply.ts'
import { embedSize } from '../../../src/words/limits.ts'

const target = { command: 'data', args: ['osmosis', ''] }

describe('toPayloads', () => {
  it('makes one message of a short answer, in which nobody is pinged', () => {
    expect(toPayloads({ text: 'hello', embeds: [{ title: 'T' }] })).toEqual([
      {
        content: 'hello',
        embeds: [{ title: 'T' }],
        components: [],
        files: [],
        allowedMentions: { parse: [], users: [], roles: [], repliedUser: false },
      },
    ])
  })

  it('pings exactly whom the answer names', () => {
    const [payload] = toPayloads({ text: '<@1> <@&2> @everyone', mentions: { users: ['1'] } })
    expect(payload!.allowedMentions).toEqual({ parse: [], users: ['1'], roles: [], repliedUser: false })
  })

  it('is never empty', () => {
    expect(toPayloads({})[0]!.content).toBe('There is nothing to show.')
    expect(toPayloads({ embeds: [{ color: 1 }] })[0]!.content).toBe('There is nothing to show.')
  })

  it('puts files under the text, ten to a message', () => {
    const files = Array.from({ length: 11 }, (_, i) => ({ name: `${i}.json`, data: Buffer.from('{}') }))
    const payloads = toPayloads({ text: 'x', files })
    expect(payloads.map((payload) => payload.files.length)).toEqual([10, 1])
    expect(toPayloads({ files: files.slice(0, 1) })[0]!.content).toBe('')
  })

  it('has no message over a limit and loses nothing, whatever the answer', () => {
    const text = (max: number) =>
      fc
        .array(fc.constantFrom('word ', 'line\n', '💥', 'x'.repeat(90), 'y'.repeat(700)), { maxLength: max })
        .map((all) => all.join(''))
    const embed: fc.Arbitrary<Embed> = fc.record(
      {
        title: text(4),
        description: text(40),
        color: fc.constant(1),
        fields: fc.array(fc.record({ name: text(2), value: text(8) }), { maxLength: 30 }),
        footer: fc.record({ text: text(5) }),
      },
      { requiredKeys: [] },
    )
    const reply: fc.Arbitrary<Reply> = fc.record({
      text: text(30),
      embeds: fc.array(embed, { maxLength: 14 }),
    })
    const bare = (all: string[]) => all.join('').replace(/[\s\u200b]/g, '')
    fc.assert(
      fc.property(reply, (one) => {
        const payloads = toPayloads(one)
        const embeds = payloads.flatMap((payload) => payload.embeds)
        for (const payload of payloads) {
          expect(payload.content.length).toBeLessThanOrEqual(2000)
          expect(payload.embeds.length).toBeLessThanOrEqual(10)
          expect(payload.embeds.reduce((sum, part) => sum + embedSize(part), 0)).toBeLessThanOrEqual(6000)
          expect(payload.content.trim().length + payload.embeds.length).toBeGreaterThan(0)
        }
        for (const part of embeds) {
          expect(part.title?.length ?? 0).toBeLessThanOrEqual(256)
          expect(part.description?.length ?? 1).toBeLessThanOrEqual(4096)
          expect(part.fields?.length ?? 0).toBeLessThanOrEqual(25)
          for (const field of part.fields ?? []) {
            expect(field.name.trim().length).toBeGreaterThan(0)
            expect(field.value.trim().length).toBeGreaterThan(0)
            expect(field.name.length).toBeLessThanOrEqual(256)
            expect(field.value.length).toBeLessThanOrEqual(1024)
          }
        }
        if (one.text?.trim()) expect(bare(payloads.map((payload) => payload.content))).toBe(bare([one.text]))
        expect(bare(embeds.map((part) => part.description ?? ''))).toBe(
          bare(one.embeds!.map((part) => part.description ?? '')),
        )
        expect(bare(embeds.flatMap((part) => (part.fields ?? []).map(({ value }) => value)))).toBe(
          bare(one.embeds!.flatMap((part) => (part.fields ?? []).map(({ value }) => value))),
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('page buttons', () => {
  const buttons = (reply: Reply, of = target) => toPayloads(reply, of)[0]!.components[0]?.components

  it('carry page, command and arguments, and are off at the ends', () => {
    expect(buttons({ text: 'x', page: { index: 0, count: 7 } })).toEqual([
      { type: 2, style: 2, label: '◀', custom_id: 'p:-1:data:osmosis', disabled: true },
      { type: 2, style: 2, label: '1/7', custom_id: 'p', disabled: true },
      { type: 2, style: 2, label: '▶', custom_id: 'p:1:data:osmosis', disabled: false },
    ])
    expect(buttons({ text: 'x', page: { index: 6, count: 7 } })!.map((one) => one.disabled)).toEqual([
      false,
      true,
      true,
    ])
  })

  it('are left out where there is one page', () => {
    expect(buttons({ text: 'x', page: { index: 0, count: 1 } })).toBeUndefined()
  })

  it('give back what went in, or the answer says why there are none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }),
        fc.integer({ min: 0, max: 99_998 }),
        (args, index) => {
          const [payload] = toPayloads(
            { text: 'x', page: { index, count: 99_999 } },
            { command: 'data', args },
          )
          const next = payload!.components[0]?.components[2]
          if (!next) {
            expect(payload!.content).toContain('too long for page buttons. Ask for less.')
            return
          }
          expect(next.custom_id.length).toBeLessThanOrEqual(100)
          const back = decodePage(next.custom_id)!
          expect(back).toMatchObject({ page: index + 1, command: 'data' })
          expect(args.map((_, i) => back.args[i] ?? '')).toEqual(args)
        },
      ),
    )
  })

  it('stand in for nothing when the arguments are too long', () => {
    const [payload] = toPayloads(
      { text: 'x', page: { index: 1, count: 3 } },
      { command: 'data', args: ['x'.repeat(99)] },
    )
    expect(payload!.components).toEqual([])
    expect(payload!.content).toBe(
      'x\nPage 2 of 3: what was asked is too long for page buttons. Ask for less.',
    )
  })

  it.each(['p', 'p:-1:data:', 'p:x:data:', 'p:1:data', 'q:1:data:', 'p:1:data:%E0%A4%A', 'p:1:data:%'])(
    'an id such as %s asks for nothing',
    (id) => {
      expect(decodePage(id)).toBeNull()
    },
  )
})

describe('splitEmbed', () => {
  it('leaves an embed alone that is exactly at the limits', () => {
    const embed: Embed = {
      title: 't'.repeat(256),
      description: 'd'.repeat(3648),
      fields: [{ name: 'n'.repeat(256), value: 'v'.repeat(1024), inline: true }],
      footer: { text: 'f'.repeat(816) },
    }
    expect(embedSize(embed)).toBe(6000)
    expect(splitEmbed(embed)).toEqual([embed])
  })

  it('splits a description and a field at line ends, and keeps the colour', () => {
    const line = `${'x'.repeat(99)}\n`
    const [first, second, ...none] = splitEmbed({
      title: 'T',
      color: 7,
      description: line.repeat(50),
      fields: [{ name: 'Channels', value: line.repeat(11) }],
    })
    expect(none).toEqual([])
    expect(first).toMatchObject({ title: 'T', color: 7 })
    expect(second).toMatchObject({ color: 7 })
    expect(second!.fields!.map(({ name }) => name)).toEqual(['Channels', '\u200b'])
    expect(second!.fields!.map(({ value }) => value.length)).toEqual([999, 99])
  })
})
