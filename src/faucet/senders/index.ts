// The senders by kind: the one list of what HTTP faucets are spoken to.
import type { SenderKind } from '../schema.ts'
import { cosmjs } from './cosmjs.ts'
import { http } from './http.ts'
import { ignite } from './ignite.ts'
import { internalDrip } from './internal-drip.ts'
import { ligateDripBot } from './ligate-drip-bot.ts'
import { ligateV1 } from './ligate-v1.ts'
import type { Sender, SenderDeps } from './sender.ts'

const SENDERS: Readonly<Record<SenderKind, (deps: SenderDeps) => Sender>> = {
  'internal-drip': internalDrip,
  'ligate-drip-bot': ligateDripBot,
  'ligate-v1': ligateV1,
  cosmjs,
  ignite,
  http,
}

/** The sender that the settings name. Who asks for the server's state while it is being asked gets the same answer. */
export function createSender(deps: SenderDeps): Sender {
  const sender = SENDERS[deps.settings.kind](deps)
  const { status } = sender
  if (!status) return sender
  let asking: ReturnType<typeof status> | null = null
  return {
    ...sender,
    status(signal) {
      asking ??= status(signal).finally(() => {
        asking = null
      })
      return asking
    },
  }
}
