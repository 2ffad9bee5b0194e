// The settings of the bot's account and their schema: which server, which commands, who may give them.
import { z } from 'zod'
import { closed, orNull, snowflake } from '../kernel/schema.ts'

export const discordSchema = closed({
  guildId: orNull(snowflake),
  /** False: slash commands only. */
  prefix: z.union([z.string().min(1).max(5), z.literal(false)]).default('$'),
  commandChannels: orNull(z.array(snowflake)),
  adminRoles: orNull(z.array(snowflake)),
})
