// The commands over all features, as one visible list for the registry.
import type { Command } from '../../discord/command.ts'
import { type AckDeps, ackCommand, unackCommand } from './ack.ts'
import { alertsCommand } from './alerts.ts'
import { dataCommand } from './data.ts'
import { digestCommand } from './digest.ts'
import { statusCommand } from './status.ts'

export type { BotStatus, OverviewDeps } from './deps.ts'

/** `data`, those about one client, `alerts`, `ack`, `unack`, `digest` and `status`. */
export function reportCommands(deps: AckDeps, aboutClients: readonly Command[] = []): Command[] {
  const others = [alertsCommand, ackCommand, unackCommand, digestCommand, statusCommand].map(
    (make): Command => make(deps),
  )
  return [dataCommand(deps) as Command, ...aboutClients, ...others]
}
