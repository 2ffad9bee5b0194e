// Helpers for tests of the demo: a scene with the bot at work in it.
import { buildScene, type Scene } from '../../sandbox/demo/world.ts'
import { loadDiscordOpenApi } from './discord-openapi.ts'

/** A scene with the bot started, checked by Discord's own description where `DISCORD_OPENAPI` names it. */
export async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const file = process.env.DISCORD_OPENAPI
  const strictSpec = file ? loadDiscordOpenApi(file) : undefined
  const scene = await buildScene({ logLevel: 'silent', strictSpec })
  try {
    await scene.start()
    await work(scene)
  } finally {
    await scene.close()
  }
}
