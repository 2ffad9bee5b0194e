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
  it('asks from the smallest id of the moment on, and sorts', async () => {
    const { asked, read } = channelsOver([message({ id: '10' }), message({ id: '9', webhook_id: '3' })])
    // Discord's own example: the snowflake 175928847299117063 was made at 1462015105796 ms.
    expect((await read('4', 1_462_015_105_796))!.map(({ id, webhookId }) => [id, webhookId])).toEqual([
      ['9', '3'],
      ['10', null],
    ])
    const after = BigInt(new URL(asked[0]!).searchParams.get('after')!)
    expect(after).toBeLessThan(175928847299117063n)
    expect(after).toBeGreaterThan(175928847299117063n - (1n << 22n))
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
