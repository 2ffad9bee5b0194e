// The Discord messages that come of what is to be told, as their readers see them.
import { describe, expect, it } from 'vitest'
import { arrange, composePost, tagsOf } from '../../../src/alerts/compose.ts'
import { render } from '../../../src/alerts/mark.ts'
import type { Payload } from '../../../src/alerts/payload.ts'
import type { Message } from '../../../src/alerts/types.ts'
import { HOUR_MS } from '../../../src/kernel/duration.ts'
import { shorten } from '../../../src/words/text.ts'
import { aMessage, became, T0 } from '../../support/alerts.ts'

/** Everything as it would be sent at once: each storm's posts in order, the mention in the first. */
function sendAll(messages: Message[]): Payload[] {
  return arrange(messages).flatMap((posts) => {
    let tags = tagsOf(posts.flat())
    return posts.map((shown, index) => {
      const sent = composePost(shown, { storm: posts.flat(), tags, continued: index > 0 }, T0)
      const { roles, users } = sent.allowed_mentions
      const tagged = new Set([...roles.map((id) => `<@&${id}>`), ...users.map((id) => `<@${id}>`)])
      tags = tags.filter((tag) => !tagged.has(tag))
      return sent
    })
  })
}

describe('a message that stands alone', () => {
  it('is the headline with the mention last, and the number in the embed', () => {
    const headline = '🟡 67 h left: Osmosis 07-tendermint-1 (tracks Cosmos Hub), expires Sun 22 Nov 22:04 UTC'
    const embed = { description: 'Expires in 3 days', footer: { text: '$ack 41' }, color: 0xffcc00 }
    expect(sendAll([aMessage(41, {}, { headline, embed, mention: ['<@&100>', '<@7>'] })])).toEqual([
      {
        content: `${headline} <@&100> <@7>`,
        embeds: [{ description: 'Expires in 3 days', footer: { text: '$ack 41 · #41' }, color: 0xffcc00 }],
        allowed_mentions: { parse: [], roles: ['100'], users: ['7'] },
      },
    ])
  })

  it('has its number in the line where there is no embed', () => {
    expect(sendAll([aMessage(41, {}, { embed: null, headline: '⚫ BLIND' })])[0]!.content).toBe(
      '⚫ BLIND #41 <@&100>',
    )
  })

  it('pings nobody where the notice does not call, nor whom the text names', () => {
    const [sent] = sendAll([aMessage(41, { mention: false }, { headline: 'from <@&666> @everyone <@9>' })])
    expect(sent!.content).toBe('from <@&666> @everyone <@9>')
    expect(sent!.allowed_mentions).toEqual({ parse: [], roles: [], users: [] })
  })

  it('is one line whatever the text is', () => {
    expect(sendAll([aMessage(41, {}, { headline: 'one\n\ntwo\r\nthree \ud800' })])[0]!.content).toBe(
      'one two three \ufffd <@&100>',
    )
    expect(sendAll([aMessage(41, {}, { headline: '  ' })])[0]!.content).toBe('#41 <@&100>')
  })
})

describe('a storm', () => {
  it('is one message: summed up, worst first, the mention once', () => {
    const messages = [
      aMessage(1, {}, { deadlineMs: T0 + 70 * HOUR_MS, mention: ['<@&100>', '<@7>'] }),
      aMessage(2, { level: 'expired' }),
      aMessage(3, {}, { deadlineMs: T0 + 60 * HOUR_MS, mention: ['<@&100>', '<@8>'] }),
      aMessage(4, { level: 'expired' }),
    ]
    const sent = sendAll(messages)
    expect(sent).toHaveLength(1)
    expect(sent[0]!.content.split('\n')).toEqual([
      '🔴 2 expired, 🟡 2 warning on Osmosis: nearest 07-tendermint-3, 60 h left (Sun 22 Nov 22:00 UTC) <@&100> <@8> <@7>',
      '🟡 expired: Osmosis 07-tendermint-2 #2',
      '🟡 expired: Osmosis 07-tendermint-4 #4',
      '🟡 warning: Osmosis 07-tendermint-3 #3',
      '🟡 warning: Osmosis 07-tendermint-1 #1',
    ])
    expect(sent[0]!.embeds.map(({ title }) => title)).toEqual([
      'Client 2',
      'Client 4',
      'Client 3',
      'Client 1',
    ])
    expect(sent[0]!.allowed_mentions).toEqual({ parse: [], roles: ['100'], users: ['8', '7'] })
  })

  it('says when it only reminds', () => {
    const reminders = [1, 2].map((id) => aMessage(id, { kind: 'reminder' }))
    expect(sendAll(reminders)[0]!.content).toMatch(/^🟡 2 still warning on Osmosis <@&100>\n/)
  })

  it('goes on in further messages without a mention, between items', () => {
    const messages = Array.from({ length: 23 }, (_, index) => aMessage(index + 1))
    const sent = sendAll(messages)
    expect(sent.map(({ embeds }) => embeds.length)).toEqual([10, 10, 3])
    expect(sent.map(({ allowed_mentions }) => allowed_mentions.roles)).toEqual([['100'], [], []])
    expect(sent[0]!.content).toMatch(/^🟡 23 warning on Osmosis <@&100>\n/)
    expect(sent[1]!.content).toMatch(/^Osmosis, continued:\n/)
    expect(sent.flatMap(({ content }) => content.match(/#\d+$/gm))).toEqual(
      messages.map((m) => `#${m.notice.alertId}`),
    )
  })

  it('is kept apart by group, and what has none stands alone', () => {
    const messages = [
      aMessage(1),
      aMessage(2, {}, { group: 'Hub' }),
      aMessage(3),
      aMessage(4, {}, { group: null }),
      aMessage(5, {}, { group: null }),
    ]
    expect(arrange(messages).map((storm) => storm.flat().map(({ notice }) => notice.alertId))).toEqual([
      [1, 3],
      [2],
      [4],
      [5],
    ])
  })

  it('tags everybody, however many watch', () => {
    const watchers = Array.from({ length: 150 }, (_, index) => `<@${10n ** 18n + BigInt(index)}>`)
    const sent = sendAll([aMessage(41, {}, { mention: ['<@&100>', ...watchers] })])
    const users = sent.flatMap(({ allowed_mentions }) => allowed_mentions.users)
    expect(new Set(users).size).toBe(150)
    expect(users).toHaveLength(150)
    expect(
      sent.every(({ content }) => content.length <= 2000 && content.startsWith('🟡 warning: Osmosis')),
    ).toBe(true)
    expect(sent.map(({ embeds }) => embeds.length)).toEqual([1, ...sent.slice(1).map(() => 0)])
  })
})

describe('lines that say it is over', () => {
  it('stand together, before new alarms, and tag only who acknowledged', () => {
    const sent = sendAll([
      aMessage(9),
      aMessage(
        1,
        { kind: 'resolved', level: 'ok', mention: false, ackedBy: '7' },
        { headline: '🟢 one', embed: null },
      ),
      aMessage(
        2,
        { kind: 'recovered', level: 'ok', mention: false },
        { headline: '🟢 two', embed: null, group: null },
      ),
      aMessage(3, { kind: 'withdrawn', mention: false }, { headline: '⚪ three', embed: null, group: 'Hub' }),
    ])
    expect(sent.map(({ content }) => content)).toEqual([
      '🟢 one #1 <@7>\n🟢 two #2\n⚪ three #3',
      '🟡 warning: Osmosis 07-tendermint-9 <@&100>',
    ])
    expect(sent[0]!.allowed_mentions).toEqual({ parse: [], roles: [], users: ['7'] })
  })
})

describe('the first look', () => {
  const past = (id: number, level: 'expired' | 'frozen', from: 'ok' | 'expired' = 'ok') =>
    aMessage(id, { kind: 'quiet', level, from, mention: false }, { hint: '$data osmosis-1' })

  it('is one quiet line for hundreds', () => {
    const messages = [
      ...Array.from({ length: 300 }, (_, index) => past(index + 41, 'expired')),
      past(900, 'frozen'),
    ]
    expect(sendAll(messages)).toEqual([
      {
        content:
          '⚪ First look at Osmosis: 1 client is frozen and 300 are expired already; not alarmed. `$data osmosis-1` (#41–#340, #900)',
        embeds: [],
        allowed_mentions: { parse: [], roles: [], users: [] },
      },
    ])
  })

  it('is not called the first when it is not', () => {
    expect(sendAll([past(41, 'expired', 'expired')])[0]!.content).toBe(
      '⚪ Now watched on Osmosis: 1 client is expired already; not alarmed. `$data osmosis-1` (#41)',
    )
  })

  it('does not grow with numbers that are far apart', () => {
    const messages = Array.from({ length: 2000 }, (_, index) => past(index * 2 + 1, 'expired'))
    expect(sendAll(messages)[0]!.content).toMatch(/\(#1 … #3999\)$/)
  })
})

describe('marking a message that was sent', () => {
  it('turns a single one into what is over, without the mention', () => {
    const shown = [aMessage(41)]
    const [sent] = sendAll(shown)
    const over = render(sent!, became(shown, { 41: { as: 'over', title: '🟢 updated, 14 d left' } }))
    expect(over).toEqual({
      content: '🟢 over: 🟡 warning: Osmosis 07-tendermint-41',
      embeds: [
        { title: '🟢 updated, 14 d left', description: 'details', color: 0x95a5a6, footer: { text: '#41' } },
      ],
      allowed_mentions: { parse: [], roles: [], users: [] },
    })
  })

  it('strikes out one line of several, and the first when all are over', () => {
    const shown = [aMessage(4), aMessage(41)]
    const [sent] = sendAll(shown)
    const one = render(sent!, became(shown, { 4: { as: 'over', title: 'done' } }))
    expect(one.content.split('\n')).toEqual([
      '🟡 2 warning on Osmosis <@&100>',
      '🟢 ~~🟡 warning: Osmosis 07-tendermint-4 #4~~',
      '🟡 warning: Osmosis 07-tendermint-41 #41',
    ])
    expect(one.embeds.map(({ title }) => title)).toEqual(['done', 'Client 41'])
    const both = render(
      sent!,
      became(shown, { 4: { as: 'over', title: null }, 41: { as: 'over', title: 'done too' } }),
    )
    expect(both.content.split('\n')[0]).toBe('🟢 over: 🟡 2 warning on Osmosis')
    expect(both.embeds.map(({ title, color }) => [title, color])).toEqual([
      ['Client 4', undefined],
      ['done too', 0x95a5a6],
    ])
  })

  it('makes one line that an earlier version left of a storm over when all of it is', () => {
    const shown = [aMessage(4), aMessage(41)]
    const line = { content: '🟡 2 warning on Osmosis <@&100>', embeds: [] }
    const sent = { ...sendAll(shown)[0]!, ...line }
    const [four, both] = [{ 4: { as: 'over' } }, { 4: { as: 'over' }, 41: { as: 'over' } }] as const
    expect(render(sent, became(shown, four)).content).toBe(line.content)
    expect(render(sent, became(shown, both)).content).toBe('🟢 over: 🟡 2 warning on Osmosis')
  })

  it('counts nothing as expired that nobody has seen expired', () => {
    const past = (alertId: number, basis?: 'memory' | 'clock') => {
      const message = aMessage(alertId)
      return { ...message, notice: { ...message.notice, level: 'expired' as const, basis } }
    }
    const unseen = aMessage(5)
    const [first] = sendAll([
      past(1),
      past(2, 'clock'),
      past(3, 'memory'),
      { ...unseen, notice: { ...unseen.notice, level: 'blind' as const } },
    ])[0]!.content.split('\n')
    expect(first).toContain('🔴 1 expired, 🔴 1 overdue, ⚫ 1 may have expired, ⚫ 1 unseen on Osmosis')
  })

  it.each([
    [['seen'], '⚪ seen since: '],
    [['withdrawn'], '⚪ withdrawn: '],
    [['over', 'over'], '🟢 over: '],
    // What was only seen since is open still, and what alerts are no longer about is not green.
    [['over', 'seen'], '⚪ seen since: '],
    [['seen', 'withdrawn'], '⚪ seen since: '],
    [['withdrawn', 'over'], '⚪ withdrawn: '],
    [['over', 'withdrawn'], '⚪ withdrawn: '],
  ] as const)('says of %j what is true of all', (marks, first) => {
    const shown = marks.map((_, index) => aMessage(index + 4))
    const [sent] = sendAll(shown)
    const lines = became(shown).map((line, index) => ({ ...line, as: marks[index]!, title: 'x' }))
    const [whole, ...own] = render(sent!, lines).content.split('\n')
    expect(whole).toBe(first + sent!.content.split('\n')[0]!.replace(' <@&100>', ''))
    const signs = { seen: '⚪ ~~', withdrawn: '⚪\ufe0f ~~', over: '🟢 ~~' }
    expect(own.map((line) => line.slice(0, line.indexOf('~~') + 2))).toEqual(
      own.map((_, index) => signs[marks[index]!]),
    )
  })

  it('leaves a message as it was sent where nothing became of it', () => {
    for (const shown of [[aMessage(4), aMessage(41)], [aMessage(4)]]) {
      const [sent] = sendAll(shown)
      const { content, embeds } = sent!
      expect(render(sent!, became(shown))).toMatchObject({ content, embeds })
    }
  })

  it('knows a line by the alert that it is about, not by the numbers in it', () => {
    const named = (id: number, other: number) =>
      aMessage(id, {}, { headline: `🟡 fork #${other} of #${id}`, embed: null, group: 'Osmosis #4' })
    const shown = [named(4, 5), named(5, 4)]
    const [sent] = sendAll(shown)
    expect(render(sent!, became(shown, { 5: { as: 'over', title: 'done' } })).content.split('\n')).toEqual([
      '🟡 2 warning on Osmosis #4 <@&100>',
      '🟡 fork #5 of #4',
      '🟢 ~~🟡 fork #4 of #5~~',
    ])
  })
})

describe('shorten', () => {
  it.each([
    ['fits', 10, 'fits'],
    ['one two three', 13, 'one two three'],
    ['one two three', 12, 'one two…'],
    ['aaaaaaaaaaaaaaaaaaaa b', 10, 'aaaaaaaaa…'],
    ['a😀😀😀', 4, 'a😀…'],
    ['a😀😀😀', 3, 'a…'],
    ['abc', 0, ''],
  ])('%j in %i', (text, max, short) => {
    expect(shorten(text, max)).toBe(short)
  })
})
