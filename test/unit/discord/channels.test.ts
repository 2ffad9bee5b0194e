// What the bot reads back from a channel when Discord hides or breaks it.
import { REST } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { createChannels } from '../../../src/discord/channels.ts'
import { silent } from './commands.ts'

const message = (over: object) => ({
  id: '5',
  content: 'x',
  embeds: [],
  attachments: [],
  author: { id: '1' },
  ...over,
})

/** The answer to every request is `body`. */
function channelsOver(body: unknown, status = 200) {
  const asked: string[] = []
  const rest = new REST({
    makeRequest: async (url) => {
      asked.push(url)
      return new Response(JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json' },
      }) as never
    },
  }).setToken('t')
  return { asked, ...createChannels(() => rest, silent) }
}

describe('read', () => {
  it('gives what came since the moment, sorted', async () => {
    // Discord's own example: the snowflake 175928847299117063 was made at 1462015105796 ms.
    const [older, newer] = ['175928847290000000', '175928847299117064']
    const { read } = channelsOver([
      message({ id: newer }),
      message({ id: '175928847299117063', webhook_id: '3' }),
      message({ id: older }),
    ])
    const found = (await read('4', 1_462_015_105_796))!.map(({ id, webhookId }) => [id, webhookId])
    expect(found).toEqual([
      ['175928847299117063', '3'],
      [newer, null],
    ])
  })

  it('turns the pages from the newest message backwards, and not for ever', async () => {
    const page = Array.from({ length: 100 }, (_, i) => message({ id: String(900 + i) }))
    const { asked, read } = channelsOver(page)
    expect(await read('4', 0)).toHaveLength(1000)
    expect(asked.map((url) => new URL(url).searchParams.get('before'))).toEqual([
      null,
      ...Array(9).fill('900'),
    ])
  })

  it('tells what answers a command, and what was changed when', async () => {
    const [answer, edited] = (await channelsOver([
      message({ id: '6', edited_timestamp: '2026-11-20T10:00:00.000000+00:00' }),
      message({ message_reference: { message_id: '1' } }),
    ]).read('4', 0))!
    expect([answer!.isAnswer, answer!.editedMs]).toEqual([true, null])
    expect([edited!.isAnswer, edited!.editedMs]).toEqual([false, Date.UTC(2026, 10, 20, 10)])
  })

  it('cannot read where what webhooks wrote comes empty', async () => {
    const hidden = message({ content: '', webhook_id: '3' })
    expect(await channelsOver([hidden]).read('4', 0)).toBeNull()
    expect(await channelsOver([message({ content: '' })]).read('4', 0)).toHaveLength(1)
    expect(await channelsOver([{ ...hidden, embeds: [{ title: 'T' }] }]).read('4', 0)).toHaveLength(1)
  })

  it('cannot read without access; what is no list is not Discord, who may answer later', async () => {
    expect(await channelsOver({ message: 'Missing Access', code: 50001 }, 403).read('4', 0)).toBeNull()
    await expect(channelsOver({ message: 'odd' }).read('4', 0)).rejects.toThrow()
  })
})

describe('dm', () => {
  it('is sent again later where what answered is not Discord', async () => {
    await expect(channelsOver({ message: 'odd' }).dm('1', { text: 'x' })).rejects.toThrow()
  })

  it.each([50007, 50278, 40003, 10013])('is false for code %i', async (code) => {
    expect(await channelsOver({ message: 'no', code }, 403).dm('1', { text: 'x' })).toBe(false)
  })
})
