// Every local pager behind one server: PagerDuty, ntfy, Telegram and a receiver of the generic webhook.
import { answerHook, createHook, type Hook } from './hook.ts'
import { type Asked, type LocalServer, startLocalServer } from './http.ts'
import { answerNtfy, createNtfy, type Ntfy } from './ntfy.ts'
import { answerPagerDuty, createPagerDuty, type PagerDuty } from './pagerduty.ts'
import { answerTelegram, createTelegram, type Telegram } from './telegram.ts'

export interface PagerServer extends LocalServer {
  readonly pagerduty: PagerDuty
  readonly ntfy: Ntfy
  readonly telegram: Telegram
  readonly hook: Hook
  /** What stands in the secret of a pager of each kind. */
  readonly secrets: Readonly<Record<'pagerduty' | 'ntfy' | 'telegram' | 'webhook', string>>
}

export async function startPagerServer(): Promise<PagerServer> {
  const worlds = {
    pagerduty: createPagerDuty(),
    ntfy: createNtfy(),
    telegram: createTelegram(),
    hook: createHook(),
  }
  const answer = (asked: Asked) => {
    if (asked.path.startsWith('/v2/')) return answerPagerDuty(asked, worlds.pagerduty)
    if (asked.path.startsWith('/bot')) return answerTelegram(asked, worlds.telegram)
    if (asked.path.startsWith('/hook/')) return answerHook(asked, worlds.hook)
    return answerNtfy(asked, worlds.ntfy)
  }
  const server = await startLocalServer(answer)
  const { url } = server
  const [chat] = worlds.telegram.chats.keys()
  const secrets = {
    pagerduty: `${url} ${worlds.pagerduty.key}`,
    ntfy: `${url}/relayers-7f3a`,
    telegram: `${url} ${worlds.telegram.token} ${chat}`,
    webhook: `${url}/hook/0a1b2c3d`,
  }
  return Object.assign(server, { ...worlds, secrets })
}
