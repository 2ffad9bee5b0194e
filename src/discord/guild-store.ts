// The SQL of the one server that counts, and of where the slash commands are registered.
import type { Statements } from '../storage/statements.ts'

export type GuildStore = ReturnType<typeof createGuildStore>

export function createGuildStore(database: Statements) {
  return {
    /** `commandsIn` has the slash commands; null: not known (an older version may have registered them for all). */
    get: () =>
      database.one<{ guildId: string; commandsIn: string | null }>(
        'SELECT guild_id AS guildId, commands_in AS commandsIn FROM discord_guild',
      ) ?? null,

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
