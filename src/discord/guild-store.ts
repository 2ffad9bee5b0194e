// The SQL of the one server that counts, and of where the slash commands are registered.
import type { Database } from '../storage/database.ts'

export interface KeptGuild {
  guildId: string
  /** The server that has the slash commands; null: not known (an older version may have registered them for all). */
  commandsIn: string | null
}

export type GuildStore = ReturnType<typeof createGuildStore>

export function createGuildStore({ sql }: Pick<Database, 'sql'>) {
  return {
    get: (): KeptGuild | null =>
      (sql.prepare('SELECT guild_id AS guildId, commands_in AS commandsIn FROM discord_guild').get() as
        | KeptGuild
        | undefined) ?? null,

    keep(guildId: string): void {
      sql
        .prepare(
          `INSERT INTO discord_guild (only, guild_id) VALUES (1, ?)
           ON CONFLICT (only) DO UPDATE SET guild_id = excluded.guild_id`,
        )
        .run(guildId)
    },

    commandsAreIn(guildId: string): void {
      sql.prepare('UPDATE discord_guild SET commands_in = ?').run(guildId)
    },
  }
}
