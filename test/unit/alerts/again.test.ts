// What is told once more of many things is one line, whatever else is told with it.
import { expect, it } from 'vitest'
import { arrange, composePost, tagsOf } from '../../../src/alerts/compose.ts'
import { render } from '../../../src/alerts/mark.ts'
import type { Message } from '../../../src/alerts/types.ts'
import { HOUR_MS } from '../../../src/kernel/duration.ts'
import { aMessage, became, T0 } from '../../support/alerts.ts'

/** Every post as it would be sent, all tags in the first. */
const sendAll = (messages: Message[]) =>
  arrange(messages).flatMap((posts) =>
    posts.map((shown, index) => {
      const storm = posts.flat()
      return composePost(shown, { storm, tags: index > 0 ? [] : tagsOf(storm), continued: index > 0 }, T0)
    }),
  )

it('is one line where it tells a thousand once more, beside what is new, and what is left of them', () => {
  const at = { deadlineMs: T0 + HOUR_MS }
  const again = Array.from({ length: 1000 }, (_, i) =>
    aMessage(i + 1, { kind: 'reminder' }, i === 6 ? at : {}),
  )
  const [only, ...more] = sendAll(again)
  expect(more).toEqual([])
  expect(only!.content).toBe(
    '🟡 1000 still warning on Osmosis: nearest 07-tendermint-7, 60 min left (Fri 20 Nov 11:00 UTC) · #1–#1000: `$alerts` lists them <@&100>',
  )
  const escalated = again.map((one) => ({ ...one, notice: { ...one.notice, kind: 'escalated' as const } }))
  expect(sendAll(escalated)[0]!.content).toContain(' · nobody has #1–#1000: `$alerts` lists them <@&100>')
  const mixed = sendAll([aMessage(2000, { level: 'critical' }), ...again])
  expect(mixed.map(({ content }) => content.split('\n').length)).toEqual([2, 1])
  expect(mixed[0]!.content).toContain('#2000')
  expect(mixed[1]!.content).toMatch(/^🟡 1000 still warning on Osmosis: .* lists them$/)
  const row = arrange(again)[0]![0]!
  const long = row.slice(0, 20).map((one) => ({ ...one, headline: `🟡 warning: Osmosis ${'x'.repeat(200)}` }))
  for (const [left, form] of [
    [row.slice(0, 2), /^🟡 2 still .*\n.* #7\n.* #1$/],
    [long, /^🟡 20 still .*#1–#20: `\$alerts` lists them$/],
  ] as const)
    expect(composePost(left, { storm: left, tags: [], continued: false }, T0).content).toMatch(form)
  // Of one of them nothing is marked, and of all of them the line.
  expect(render(only!, became(row, { 5: { as: 'over' } })).content).toBe(only!.content)
  const all = became(row).map((line) => ({ ...line, as: 'over' as const }))
  expect(render(only!, all).content).toMatch(/^🟢 over: 🟡 1000/)
})
