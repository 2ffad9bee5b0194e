// `test-alert --pager`: one page to each pager, marked as a test, and resolved.
import type { Send } from '../alerts/outbox/send.ts'
import { tellPager } from '../alerts/pagers/ask.ts'
import type { NamedPager } from '../alerts/pagers/targets.ts'
import type { PageToSend } from '../alerts/pagers/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'

/** What a pager asks to wait, together; nobody watches a terminal for longer. */
const PATIENCE_MS = 2 * MINUTE_MS

/** Sends the pages as slowly as the pagers ask. Returns how many were not accepted. */
export async function sendTestPages(
  pagers: readonly NamedPager[],
  { send, say, clock }: { send: Send; say: (line: string) => void; clock: Clock },
): Promise<number> {
  let failed = 0
  for (const configured of pagers) {
    const { name, kind } = configured
    say(`${name} (${kind}):`)
    let pager = configured
    const giveUpMs = clock.now() + PATIENCE_MS
    const sent = async (page: PageToSend): Promise<string | null> => {
      const { answer, target } = await tellPager(send, pager, page)
      if (target !== pager.target) say(`  The chat is ${target.to} now: put that id into ${name}.`)
      pager = { ...pager, target }
      if (answer.kind === 'accepted') return null
      const waitMs = answer.kind === 'wait' ? answer.waitMs : null
      if (waitMs === null || clock.now() + waitMs > giveUpMs) return answer.reason
      say(`  It asks to wait ${Math.ceil(waitMs / 1000)} s …`)
      await clock.sleep(Math.max(waitMs, 100))
      return sent(page)
    }
    for (const page of testPages(clock.now())) {
      const problem = await sent(page)
      say(`  ${page.action}: ${problem === null ? 'accepted' : `NOT ACCEPTED, ${problem}`}`)
      if (problem !== null) failed++
      // What was never triggered need not be resolved.
      if (problem !== null) break
    }
  }
  return failed
}

const testPages = (atMs: number): PageToSend[] => {
  const common = { key: 'ibc-monitor/test', level: 'critical', atMs, url: null, alerts: [] } as const
  const summary = 'TEST 🟠 A page of ibc-monitor: nothing is wrong'
  const details = 'Sent by test-alert --pager, and resolved at once.'
  return [
    { ...common, action: 'trigger', summary, details },
    { ...common, action: 'resolve', summary: `🟢 over: ${summary}`, details: '' },
  ]
}
