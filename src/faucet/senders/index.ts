// The senders by kind: the one list of what HTTP faucets are spoken to.
import type { SenderKind } from '../schema.ts'
import { cosmjs } from './cosmjs.ts'
import { http } from './http.ts'
import { ignite } from './ignite.ts'
import { ligate } from './ligate.ts'
import type { Sender, SenderDeps } from './sender.ts'

const SENDERS: Readonly<Record<SenderKind, (deps: SenderDeps) => Sender>> = {
  'internal-drip': ligate('internal-drip'),
  'ligate-drip-bot': ligate('ligate-drip-bot'),
  'ligate-v1': ligate('ligate-v1'),
  cosmjs,
  ignite,
  http,
}

/** The sender that the settings name. Who asks for the server's state while it is being asked gets the same answer. */
export function createSender(deps: SenderDeps): Sender {
  const sender = knowingSecret(SENDERS[deps.settings.kind](deps), deps)
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

/** Where there is no secret, it is not the secret that is refused; one that is repeated to us is no transaction. */
function knowingSecret(sender: Sender, { token }: SenderDeps): Sender {
  return {
    ...sender,
    async send(payment, signal) {
      const outcome = await sender.send(payment, signal)
      if (token !== null) return outcome.txHash?.includes(token) ? { ...outcome, txHash: null } : outcome
      const isRefused = outcome.status === 'failed' && outcome.cause === 'secret'
      return isRefused ? { ...outcome, cause: 'refused' } : outcome
    },
  }
}
