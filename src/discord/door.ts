// What the handlers of messages and interactions share: their dependencies, building a Call, running it to its answer.
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { CallAnswer } from './answer.ts'
import type { Call, CommandRegistry } from './command.ts'
import type { AccessPolicy } from './dispatch.ts'
import type { Guild } from './guild.ts'

/** Dependencies of the handlers. */
export interface DoorDeps {
  registry: CommandRegistry
  policy: AccessPolicy
  guild: Pick<Guild, 'placeOf'>
  /** Discord says that another process has answered an interaction of this user. */
  answeredElsewhere(userId: string): void
  prefix: string | false
  clock: Clock
  logger: Logger
  /** True the first time that this id is seen: what is delivered twice runs once. */
  isNew(id: string): boolean
  dm: Call['dm']
}

/** Builds the call that a command sees. `slash` decides how commands are shown. */
export function makeCall(
  { slash, ...rest }: Omit<Call, 'nowMs' | 'show' | 'edit' | 'dm'> & { slash: boolean },
  answer: CallAnswer,
  deps: DoorDeps,
): Call {
  return {
    ...rest,
    nowMs: deps.clock.now(),
    show: (command) => showCommand(command, slash, deps),
    edit: (reply) => answer.send(reply),
    dm: deps.dm,
  }
}

/** `$data osmosis` or `/data osmosis`: as the user who asked types it; slash-only commands always with `/`. */
export function showCommand(
  command: string,
  slash: boolean,
  deps: Pick<DoorDeps, 'prefix' | 'registry'>,
): string {
  const slashOnly = deps.registry.get(command.split(' ')[0]!)?.doors === 'slash'
  return slash || slashOnly || deps.prefix === false ? `/${command}` : `${deps.prefix}${command}`
}

/** Remembers the last `size` ids. Returns a function that says whether an id is new, and remembers it. */
export function createSeen(size = 2000): (id: string) => boolean {
  const ids = new Set<string>()
  return (id) => {
    if (ids.has(id)) return false
    ids.add(id)
    if (ids.size > size) ids.delete(ids.values().next().value!)
    return true
  }
}
