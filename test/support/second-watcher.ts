// A second watcher beside the bot of a world: with a token and a database of its own, and the same configuration.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { secondBot } from '../../sandbox/discord/second-bot.ts'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import { createFastClock } from '../../sandbox/fast-clock.ts'
import { type App, createApp } from '../../src/app.ts'
import type { TestWorld } from './world.ts'

const STEP_MS = 15_000

export async function secondWatcher(world: TestWorld) {
  const discord = secondBot(world.discord)
  const server = await new DiscordServer(discord).listen()
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ibc-monitor-standby-'))
  const log: { level: number; msg: string }[] = []
  const wireClock = { ...createFastClock(10) }
  let app: App | null = null
  const watcher = {
    discord,
    server,
    log,
    secrets: { DISCORD_TOKEN: discord.token, DISCORD_WEBHOOK_URL: server.webhookUrl(world.webhook) },
    get app() {
      return app!
    },
    async quiet() {
      await world.quiet()
      if (!app) return
      await app.clients.watch.idle()
      await app.standby!.flush()
      await app.delivery.flush()
    },
    /** Lets time pass for both, in steps of 15 s. */
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        await world.clock.advance(Math.min(left, STEP_MS))
        await watcher.quiet()
      }
    },
    /** Time passes at once, as while both machines sleep. */
    async leap(ms: number) {
      world.clock.set(world.clock.now() + ms - STEP_MS)
      await watcher.pass(STEP_MS)
    },
    async stop() {
      const stopping = app
      app = null
      await stopping?.stop()
    },
    async restart() {
      await watcher.stop()
      app = createApp({
        settings: { ...world.settings, standby: true },
        secrets: { ...world.secrets, ...watcher.secrets },
        dataDirectory,
        discordApiBase: server.apiBase,
        logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
        clock: world.clock,
        wireClock,
      })
      await app.start()
      await watcher.quiet()
    },
    async close() {
      await watcher.stop()
      await server.close()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
  return watcher
}
