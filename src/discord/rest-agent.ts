// The connections of discord.js' REST: made by the undici that it brings itself, through the proxy where there is one.
import { createRequire } from 'node:module'
import { REST } from 'discord.js'
import { connectBy } from '../net/connections.ts'

/**
 * Its undici is older than ours. Whichever is loaded first puts its connections where both look for them, and those of
 * another version fail when files are sent.
 */
const undici = undiciOfDiscordJs()

/** Longer waits that a rate limit asks for are failures: an answer is of no use by then. */
export const RATE_LIMIT_PATIENCE_MS = 10_000

/** Returns a function that gives a `REST` which does not wait for long. */
export function impatientRest(api: string, token: string, options: Partial<REST['options']> = {}) {
  const rest = new REST({
    ...{ api, agent: restAgent(), ...options },
    rejectOnRateLimit: ({ retryAfter }) => retryAfter > RATE_LIMIT_PATIENCE_MS,
  })
  // Set each time: it is forgotten after a 401.
  return () => rest.setToken(token)
}

/** Connections for `REST` and `Client` of discord.js. */
export function restAgent(): REST['options']['agent'] {
  const agent = new undici.Agent({ factory: connectBy(undici) })
  return agent as unknown as REST['options']['agent']
}

function undiciOfDiscordJs(): typeof import('undici') {
  const discordJs = createRequire(createRequire(import.meta.url).resolve('discord.js'))
  return createRequire(discordJs.resolve('@discordjs/rest'))('undici')
}
