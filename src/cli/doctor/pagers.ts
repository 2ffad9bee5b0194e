// The doctor's look at the pagers: whether their secrets are right, and what can be asked of them without paging anybody.
import { createSend } from '../../alerts/outbox/send.ts'
import { askPager } from '../../alerts/pagers/ask.ts'
import { KINDS } from '../../alerts/pagers/kinds.ts'
import { pagerTargets } from '../../alerts/pagers/targets.ts'
import type { Settings } from '../../config/index.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { about, type Finding } from './findings.ts'

const { ok, warning, wrong, secret } = about('pagers')
const TRY_IT = '`ibc-monitor test-alert --pager` sends a page'

export async function lookAtPagers(
  settings: Settings,
  secrets: Secrets,
  timeoutMs: number,
): Promise<Finding[]> {
  const { pagers, problems } = pagerTargets(settings, secrets)
  const findings = problems.map((one) => secret(one, `Correct ${one.place}.`))
  if (pagers.length === 0) return findings
  const { send, close } = createSend(timeoutMs)
  const looks = pagers.map(async ({ name, kind, target }) => {
    const { question } = KINDS[kind]
    if (question === null) return ok(name, `${kind}: it cannot be asked without paging. ${TRY_IT}`)
    const verdict = await askPager(send, { kind }, question(target))
    if (verdict.kind === 'accepted') return ok(name, `${kind}: it answers. ${TRY_IT}`)
    const moved = verdict.kind === 'refused' && verdict.to !== undefined
    if (moved) return warning(name, `the chat is ${verdict.to} now`, `Put that id into ${name}.`)
    if (verdict.kind === 'refused')
      return wrong(name, `${kind} refuses it: ${verdict.reason}`, `Correct what stands in ${name}.`)
    const mend = `Check the network, DNS, proxy and firewall of this machine, and the host in ${name}.`
    return wrong(name, `${kind} could not be asked: ${verdict.reason}`, mend)
  })
  return [...findings, ...(await Promise.all(looks).finally(close))]
}
