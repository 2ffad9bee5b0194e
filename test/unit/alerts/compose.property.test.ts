// Whatever the texts are, Discord takes what is made of them: its limits, checked here from its own documentation.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseMessage } from '../../../sandbox/discord/validate.ts'
import { arrange, composePost, LISTED, tagsOf } from '../../../src/alerts/compose.ts'
import { isAlarm } from '../../../src/alerts/life.ts'
import { render, type SentLine } from '../../../src/alerts/mark.ts'
import type { Payload } from '../../../src/alerts/payload.ts'
import type { Message } from '../../../src/alerts/types.ts'
import { oneLine } from '../../../src/words/text.ts'
import { aMessage, became, T0 } from '../../support/alerts.ts'
import { loadDiscordOpenApi } from '../../support/discord-openapi.ts'

const text = (max: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    { weight: 2, arbitrary: fc.nat(max).map((n) => 'word '.repeat(n / 5)) },
    { weight: 1, arbitrary: fc.nat(max).map((n) => '😀'.repeat(n / 2)) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '\ud83d', 'a\nb', '@everyone <@&1> <@2>', '#1 #2') },
  )

const tag = fc
  .tuple(fc.constantFrom('<@', '<@!', '<@&'), fc.integer({ min: 1, max: 400 }))
  .map(([open, id]) => `${open}${10n ** 18n + BigInt(id)}>`)

const embed = fc.record(
  {
    title: text(400),
    description: text(6000),
    url: fc.constantFrom('https://explorer.example/x', 'javascript:alert(1)', '', 'http://'),
    color: fc.integer({ min: -1, max: 0x1000000 }),
    fields: fc.array(fc.record({ name: text(400), value: text(1500) }), { maxLength: 30 }),
    footer: fc.record({ text: text(2500) }),
  },
  { requiredKeys: [] },
)

const messages = fc
  .array(
    fc.record({
      kind: fc.constantFrom('raised', 'reminder', 'called', 'quiet', 'resolved', 'recovered', 'withdrawn'),
      level: fc.constantFrom('warning', 'critical', 'expired', 'frozen', 'blind'),
      headline: text(3000),
      group: fc.oneof(
        { weight: 3, arbitrary: fc.constant('Osmosis') },
        { weight: 1, arbitrary: fc.oneof(fc.constant(null), text(400)) },
      ),
      embed: fc.oneof(fc.constant(null), embed),
      mention: fc.array(tag, { maxLength: 60 }),
      subject: text(400),
      deadlineMs: fc.oneof(fc.constant(null), fc.integer({ min: T0 - 1e9, max: T0 + 1e10 })),
      acked: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) =>
    list.map(({ kind, level, acked, ...rest }, index) =>
      aMessage(
        index + 1,
        { kind, level, ackedBy: acked ? '1000000000000000007' : null } as Partial<Message['notice']>,
        rest as Partial<Message>,
      ),
    ),
  )

const WEBHOOK_CALLS = [
  ['POST', '/webhooks/{webhook_id}/{webhook_token}'],
  ['PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}'],
] as const

const NOBODY: Payload['allowed_mentions'] = { parse: [], roles: [], users: [] }

/** Discord counts characters; so does this. */
const size = (text: string) => [...text].length

/** Discord's own description of its API, where it is at hand. */
const spec = process.env.DISCORD_OPENAPI ? loadDiscordOpenApi(process.env.DISCORD_OPENAPI) : null

function accepted({ content, embeds, allowed_mentions }: Payload): void {
  const parts = embeds.flatMap((e) => [
    e.title,
    e.description,
    e.footer?.text,
    ...(e.fields ?? []).flatMap((f) => [f.name, f.value]),
  ])
  const texts = parts.filter((part): part is string => part !== undefined)
  expect(() => parseMessage({ content, embeds, allowed_mentions }, { files: 0 })).not.toThrow()
  const body = { content, embeds, allowed_mentions }
  for (const [method, path] of WEBHOOK_CALLS) expect(spec?.({ method, path, body }) ?? []).toEqual([])
  expect(content.trim()).not.toBe('')
  expect(size(content)).toBeLessThanOrEqual(2000)
  expect(embeds.length).toBeLessThanOrEqual(10)
  expect(texts.reduce((sum, part) => sum + size(part), 0)).toBeLessThanOrEqual(6000)
  for (const part of texts) expect(part.trim()).not.toBe('')
  for (const { title, description, fields = [], footer, url, color } of embeds) {
    expect(size(title ?? '')).toBeLessThanOrEqual(256)
    expect(size(description ?? '')).toBeLessThanOrEqual(4096)
    expect(size(footer?.text ?? '')).toBeLessThanOrEqual(2048)
    expect(fields.length).toBeLessThanOrEqual(25)
    for (const { name, value } of fields) {
      expect(size(name)).toBeLessThanOrEqual(256)
      expect(size(value)).toBeLessThanOrEqual(1024)
    }
    if (url !== undefined) expect(url).toBe('https://explorer.example/x')
    if (color !== undefined) expect(color >= 0 && color <= 0xffffff).toBe(true)
  }
  for (const text of [content, ...texts]) expect(JSON.stringify(text)).not.toMatch(/\\ud[89a-f]/)
  const { roles, users } = allowed_mentions
  expect(roles.length).toBeLessThanOrEqual(100)
  expect(users.length).toBeLessThanOrEqual(100)
  expect(new Set(roles).size + new Set(users).size).toBe(roles.length + users.length)
  for (const id of roles) expect(content).toContain(`<@&${id}>`)
  for (const id of users) expect(content).toContain(`<@${id}>`)
}

const idsIn = ({ content, embeds }: Payload) =>
  `${content} ${embeds.map(({ footer }) => footer?.text).join(' ')}`

it('is taken by Discord, names every alert and tags everyone exactly once', () => {
  fc.assert(
    fc.property(messages, (list) => {
      for (const posts of arrange(list)) {
        const storm = posts.flat()
        let tags = tagsOf(storm)
        const wanted = tags.length
        let tagged = 0
        for (const [index, shown] of posts.entries()) {
          const sent = composePost(shown, { storm, tags, continued: index > 0 }, T0)
          accepted(sent)
          const { roles, users } = sent.allowed_mentions
          const now = new Set([...roles.map((id) => `<@&${id}>`), ...users.map((id) => `<@${id}>`)])
          if (tags.length > 0) tagged += now.size
          tags = tags.filter((tag) => !now.has(tag))
          if (shown[0]?.notice.kind === 'quiet' || sent.content.includes(LISTED)) continue
          for (const { notice } of shown) expect(idsIn(sent)).toMatch(new RegExp(`#${notice.alertId}(?!\\d)`))
          for (const { headline } of shown)
            expect(sent.content).toContain(oneLine(headline).slice(0, 100).trim())
          if (!shown[0] || !isAlarm(shown[0].notice)) continue
          // One after the other is over, or somebody has it.
          const of: Record<number, Partial<SentLine>> = {}
          for (const { notice, headline } of shown) {
            of[notice.alertId] = {
              as: (['seen', 'withdrawn', 'over', null] as const)[notice.alertId % 4]!,
              title: `🟢 ${headline}`,
              held: notice.alertId % 3 === 0 ? `👀 Ana has it: ${'x'.repeat(250)}` : null,
            }
            accepted({ ...render(sent, became(shown, of)), allowed_mentions: NOBODY })
          }
        }
        expect(tagged).toBe(wanted)
      }
      const arranged = arrange(list)
        .flat(2)
        .map(({ notice }) => notice.alertId)
      expect(arranged.sort((a, b) => a - b)).toEqual(list.map(({ notice }) => notice.alertId))
    }),
    { numRuns: 300 },
  )
})

it('still fits when some of it is over before it is sent', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (list, keep) => {
      for (const posts of arrange(list)) {
        const left = posts.map((post) => post.filter(({ notice }) => keep[notice.alertId - 1]))
        const storm = left.flat()
        if (storm.length === 0) continue
        for (const shown of left) {
          if (shown.length > 0)
            accepted(composePost(shown, { storm, tags: tagsOf(storm), continued: false }, T0))
        }
      }
    }),
    { numRuns: 200 },
  )
})

it('lets a digest stand alone, bear no number and tag nobody', () => {
  fc.assert(
    fc.property(messages, fc.nat(40), (list, place) => {
      const [first] = list
      const digest = { ...first!, notice: { ...first!.notice, kind: 'digest' as const, alertId: 0 } }
      const posts = arrange([...list.slice(0, place), digest, ...list.slice(place)])
      const storm = posts.find(([shown]) => shown?.includes(digest))!
      expect(storm).toEqual([[digest]])
      const sent = composePost([digest], { storm: [digest], tags: tagsOf([digest]), continued: false }, T0)
      accepted(sent)
      expect(sent.allowed_mentions).toEqual({ parse: [], roles: [], users: [] })
      expect(sent).toEqual(
        composePost(
          [{ ...digest, notice: { ...digest.notice, alertId: 7 } }],
          { storm: [digest], tags: [], continued: false },
          T0,
        ),
      )
    }),
  )
})
