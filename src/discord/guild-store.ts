// The SQL of the one server that counts, and of where the slash commands are registered.
import type { Statements } from '../storage/statements.ts'

export interface KeptGuild {
  guildId: string
  /** The server that has the slash commands; null: not known (an older version may have registered them for all). */
  commandsIn: string | null
}

export type GuildStore = ReturnType<typeof createGuildStore>

export function createGuildStore(database: Statements) {
  return {
    get: (): KeptGuild | null =>
      database.one<KeptGuild>('SELECT guild_id AS guildId, commands_in AS commandsIn FROM discord_guild') ??
      null,

    keep(guildId: string): void {
      database.run(
        `INSERT INTO discord_guild (only, guild_id) VALUES (1, ?)
         ON CONFLICT (only) DO UPDATE SET guild_id = excluded.guild_id`,
        guildId,
      )
    },

    commandsAreIn(guildId: string): void {
      database.run('UPDATE discord_guild SET commands_in = ?', guildId)
    },
  }
}
