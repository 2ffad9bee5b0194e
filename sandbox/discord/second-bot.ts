// The same world as another bot's server shows it: with an account, a token, commands and interactions of its own.
import { Interactions } from './interactions.ts'
import type { Dispatch } from './types.ts'
import { slash } from './users.ts'
import type { DiscordWorld } from './world.ts'

/** A view of `world` in which the bot is another member of its server. Places, people and messages are the same ones. */
export function secondBot(world: DiscordWorld, name = 'standby'): DiscordWorld {
  const account = { name, bot: true, roles: [world.botRole.id] }
  const bot = world.addMember(account).user
  const isOurs = ({ t, d }: Dispatch) =>
    t !== 'INTERACTION_CREATE' || (d as { application_id?: string }).application_id === bot.id
  const listeners = new Set<(event: Dispatch) => void>()
  const own: Record<string | symbol, unknown> = {
    bot,
    applicationId: bot.id,
    token: 'MjAwMDAwMDAwMDAwMDAwMDAwMA.HtBoEc.another-local-token-that-opens-nothing',
    commands: { guild: [], global: [] },
    portal: { ...world.portal },
    onDispatch(listener: (event: Dispatch) => void) {
      listeners.add(listener)
      const stop = world.onDispatch((event) => isOurs(event) && listener(event))
      return () => {
        listeners.delete(listener)
        stop()
      }
    },
    dispatch(event: Dispatch) {
      if (event.t !== 'INTERACTION_CREATE') return world.dispatch(event)
      for (const listener of listeners) listener(event)
    },
    slash: (...[userId, channelId, command, options = {}]: Parameters<DiscordWorld['slash']>) =>
      slash(view, userId, channelId, command, options),
  }
  const view: DiscordWorld = new Proxy(world, {
    get(target, key) {
      if (key in own) return own[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (_, key, value) => Reflect.set(own, key, value),
  })
  own.interactions = new Interactions(view, world.posts)
  return view
}
