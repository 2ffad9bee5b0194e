// How the demo shows Discord's messages: marks, mentions, times, wrapping, embeds, edits, buttons; and slash options.

import { describe, expect, it } from 'vitest'
import { columns, markdownLines, relativeTime } from '../../../sandbox/demo/markdown.ts'
import { messageLines, shownOf } from '../../../sandbox/demo/render.ts'
import { optionValues, splitWords } from '../../../sandbox/demo/speak.ts'
import type { Component } from '../../../sandbox/discord/types.ts'
import { DiscordWorld } from '../../../sandbox/discord/world.ts'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { createColours } from '../../../src/cli/colours.ts'

const NOW = Date.UTC(2026, 10, 20, 10)
const plain = createColours(false)

function lines(text: string, width = 60, colours = plain): string[] {
  const names: Record<string, string> = { '1': 'relayers', '2': 'ann', '3': 'general' }
  return markdownLines(text, width, {
    nowMs: NOW,
    colours,
    nameOf: (_kind, id) => names[id] ?? null,
    pings: (id) => id === '1',
  })
}

describe('markdown', () => {
  it.each([
    ['**bold** and __under__', 'bold and under'],
    ['`code **as it is** <@&1>`', '`code **as it is** <@&1>`'],
    ['~~gone~~', '~~gone~~'],
    ['a \\*star\\* and \\<@2\\>', 'a *star* and <@2>'],
    ['<@&1> <@2> <@!2> <#3> <@&9>', '@relayers @ann @ann #general @unknown'],
    [`at <t:${NOW / 1000 + 540}:R>`, 'at in 9 minutes'],
    [`at <t:${NOW / 1000}:f>`, 'at Fri 20 Nov 10:00 UTC'],
    ['see [the page](https://example.org/a)', 'see the page (https://example.org/a)'],
    [
      'a link <https://example.org/a_b> without its preview',
      'a link https://example.org/a_b without its preview',
    ],
    ['07-tendermint-1 a_b_c 2*3', '07-tendermint-1 a_b_c 2*3'],
  ])('reads %s', (text, shown) => {
    expect(lines(text)).toEqual([shown])
  })

  it('colours where colours are wanted, and tells a ping from a mention without one', () => {
    const colours = createColours(true)
    expect(lines('**b**', 60, colours)).toEqual([colours.bold('b')])
    expect(lines('`c`', 60, colours)).toEqual([colours.cyan('c')])
    expect(lines('a ~~b~~', 60, colours)).toEqual([`a ${colours.dim(colours.strikethrough('b'))}`])
    expect(lines('<@&1>', 60, colours)).toEqual([colours.bgYellow(colours.black('@relayers'))])
    expect(lines('<@2>', 60, colours)).toEqual([colours.yellow('@ann')])
  })

  it('indents code blocks and wraps them with a deeper indent', () => {
    expect(lines('before\n```sh\none two three\n```\nafter', 14)).toEqual([
      'before',
      '  one two',
      '    three',
      'after',
    ])
    expect(lines('```\nx\n```')).toEqual(['  x'])
  })

  it('wraps at words, rather between the parts of a list, and cuts what is longer than a line', () => {
    expect(lines('aaa bbb ccc', 7)).toEqual(['aaa bbb', 'ccc'])
    expect(lines('12345 · left: 10 d', 14)).toEqual(['12345 ·', 'left: 10 d'])
    expect(lines('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
    expect(lines('🟡🟡🟡', 4)).toEqual(['🟡🟡', '🟡'])
    expect(lines('a\n\nb')).toEqual(['a', '', 'b'])
  })

  it.each([
    ['abc', 3],
    ['🟡 x', 4],
    ['⏸', 1],
    ['👩‍💻', 2],
    ['é', 1],
  ])('counts the columns of %s', (text, width) => {
    expect(columns(text)).toBe(width)
  })

  it.each([
    [0, 'in 0 seconds'],
    [59_000, 'in 59 seconds'],
    [-60_000, '1 minute ago'],
    [90 * 60_000, 'in 2 hours'],
    [-3 * 86_400_000, '3 days ago'],
    [400 * 86_400_000, 'in 1 year'],
  ])('says %d ms from now as %s', (ms, text) => {
    expect(relativeTime(NOW + ms, NOW)).toBe(text)
  })
})

function make() {
  const discord = new DiscordWorld({ clock: new ManualClock(NOW) })
  const channelId = discord.addChannel('alerts').id
  const webhook = discord.createWebhook(channelId, { name: 'Alerts' })
  const author = { ...discord.bot, username: webhook.name }
  const options = { discord, nowMs: NOW, width: 60, colours: plain, buttonsHint: '(type > or <)' }
  const buttons: Component[] = [
    { type: 2, style: 2, label: '◀', custom_id: 'a', disabled: true },
    { type: 2, style: 2, label: '▶', custom_id: 'b' },
  ]
  const message = discord.posts.post({
    channelId,
    author,
    webhookId: webhook.id,
    mayPingAll: true,
    body: {
      content: '🟡 67 h left',
      embeds: [
        {
          title: 'T',
          description: 'D',
          color: 0xf1c40f,
          fields: [{ name: 'F', value: 'V' }],
          footer: { text: '#1' },
        },
        { description: 'second' },
      ],
      components: [{ type: 1, components: buttons }],
    },
  })
  return { discord, options, message }
}

describe('a message', () => {
  it('shows who, where and when, the text, the embeds and the buttons', () => {
    const { message, options } = make()
    expect(messageLines(message, options)).toEqual([
      '#alerts Alerts  APP  Fri 20 Nov 10:00 UTC',
      '  🟡 67 h left',
      '  ▌ T',
      '  ▌ D',
      '  ▌ ',
      '  ▌ F',
      '  ▌ V',
      '  ▌ #1',
      '',
      '  ▌ second',
      '  [ ◀ ] [ ▶ ]  (type > or <)',
    ])
  })

  it('shows of an edit what it changed', () => {
    const { discord, message, options } = make()
    const before = shownOf(message)
    const [first, second] = message.embeds
    discord.posts.edit(message, {
      content: '✅ over',
      embeds: [{ ...first, title: 'over' }, second!],
    } as never)
    expect(messageLines(message, options, before)).toEqual([
      '#alerts Alerts  APP  Fri 20 Nov 10:00 UTC (edited)',
      '  ✅ over',
      '  ▌ over',
    ])
  })
})

describe('who reads a message', () => {
  it('is said where that is one person', () => {
    const { discord, options } = make()
    const ann = discord.addMember({ name: 'ann' }).user
    const draft = { author: discord.bot, body: { content: 'x' }, mayPingAll: false }
    const heads = [
      discord.posts.post({ ...draft, channelId: discord.directChannel(ann.id).id }),
      discord.posts.post({
        ...draft,
        channelId: [...discord.guild.channels.keys()][0]!,
        ephemeralFor: ann.id,
        interactionMetadata: { name: 'drip', user: ann },
      }),
    ].map((message) => messageLines(message, options)[0])
    expect(heads).toEqual([
      'direct message to ann ibc-monitor  APP  Fri 20 Nov 10:00 UTC',
      '#alerts ibc-monitor  APP  Fri 20 Nov 10:00 UTC ↪ /drip (only ann can see this)',
    ])
  })
})

describe('slash options as they are typed', () => {
  const options = [
    { type: 3, name: 'chain', description: 'd' },
    { type: 3, name: 'status', description: 'd', choices: [{ name: 'expired', value: 'expired' }] },
    { type: 4, name: 'count', description: 'd' },
  ]

  it.each([
    ['osmosis expired 3', { chain: 'osmosis', status: 'expired', count: 3 }],
    ['expired', { status: 'expired' }],
    ['status:expired chain:juno', { status: 'expired', chain: 'juno' }],
    ['"Cosmos Hub"', { chain: 'Cosmos Hub' }],
    ['', {}],
  ])('reads %s', (text, values) => {
    expect(optionValues(options, splitWords(text))).toEqual(values)
  })

  it('gives the rest of the line to the last option, and refuses what has no place', () => {
    const note = [options[0]!, { type: 3, name: 'note', description: 'd' }]
    expect(optionValues(note, splitWords('juno I have it'))).toEqual({ chain: 'juno', note: 'I have it' })
    expect(() => optionValues([], ['x'])).toThrow('too many words: x')
    expect(optionValues([{ type: 6, name: 'user', description: 'd' }], ['<@123>'])).toEqual({ user: '123' })
  })
})
