// The connections of discord.js' REST: its own, or through the proxy of the environment.
import type { REST } from 'discord.js'
import { proxyAgent } from '../net/connections.ts'

/** Its undici is an older one than ours, whose dispatchers take the handlers of both. */
export const restAgent = () => proxyAgent() as unknown as REST['options']['agent']
