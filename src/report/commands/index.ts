// The commands about clients, as one visible list for the registry.

import { clientCommand } from '../../clients/commands/client.ts'
import type { Command } from '../../discord/command.ts'
import { alertsCommand } from './alerts.ts'
import { dataCommand } from './data.ts'
import type { IbcCommandDeps } from './deps.ts'
import { digestCommand } from './digest.ts'
import { statusCommand } from './status.ts'

export type { BotStatus, ChainStatus, IbcCommandDeps } from './deps.ts'

/** `data`, `client`, `alerts`, `digest` and `status`. */
export function ibcCommands(deps: IbcCommandDeps): Command[] {
  return [dataCommand, clientCommand, alertsCommand, digestCommand, statusCommand].map(
    (make): Command => make(deps),
  )
}
