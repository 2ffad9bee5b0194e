// Where pages go (pure): out of the pagers' secrets, and what is wrong with those that are not right.
import type { SecretProblem, Secrets } from '../../kernel/secrets.ts'
import { isThisMachine } from '../../net/url-guard.ts'
import { pagerLane } from './names.ts'
import { ntfyTarget } from './ntfy/settings.ts'
import { pagerdutyTarget } from './pagerduty/settings.ts'
import type { PagerName, PagerSettings } from './settings.ts'
import { telegramTarget } from './telegram/settings.ts'
import type { PagerTarget } from './types.ts'
import { webhookTarget } from './webhook/settings.ts'

/** By kind: what the words of a secret mean, or what it must look like. `url` is its first word, where that is one. */
const READ: Readonly<
  Record<PagerName, (url: string | null, words: readonly string[]) => PagerTarget | string>
> = { pagerduty: pagerdutyTarget, ntfy: ntfyTarget, telegram: telegramTarget, webhook: webhookTarget }

export interface NamedPager {
  /** Its lane of the outbox. */
  lane: string
  kind: PagerName
  /** The secret's name. */
  name: string
  target: PagerTarget
}

/** The pagers of the configuration, one for each secret. Those whose secret is not right are problems instead. */
export function pagerTargets(
  { alerts }: { alerts: { pagers: readonly PagerSettings[] } },
  secrets: Secrets,
): { pagers: NamedPager[]; problems: SecretProblem[] } {
  const pagers = new Map<string, NamedPager>()
  const problems = new Map<string, SecretProblem>()
  for (const { kind, secret: name } of alerts.pagers) {
    const read = readSecret(kind, secrets[name])
    if (typeof read !== 'string') pagers.set(name, { lane: pagerLane(name), kind, name, target: read })
    else problems.set(name, { place: name, text: `${name} ${read}` })
  }
  return { pagers: [...pagers.values()], problems: [...problems.values()] }
}

function readSecret(kind: PagerName, secret: string | undefined): PagerTarget | string {
  const words = secret?.trim().split(/\s+/) ?? []
  const url = /^https?:\/\//i.test(words[0] ?? '') ? words.shift()! : null
  if (url !== null && !URL.canParse(url)) return 'begins with a URL that is none.'
  if (url !== null && /^http:/i.test(url) && !isThisMachine(new URL(url)))
    return 'begins with http:, which would send its secret and every page in the clear: write https: instead (http: is taken on this machine alone).'
  if (words.some((word) => /[^\x21-\x7e]/.test(word))) return 'is of letters that cannot be sent as they are.'
  const target = READ[kind](url, words)
  if (typeof target !== 'string') return target
  return `${secret ? `is not right for a pager of the kind ${kind}` : 'is missing'}. ${target}`
}
