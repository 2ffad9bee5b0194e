// What a command that acts on the demo's world is: `!clock +9d`, `!faucet dry` and so on.
import type { Scene } from './world.ts'

/** A line that the world does not understand or cannot do; its message is for who typed it. */
export class WorldRefusal extends Error {}

export interface WorldCommand {
  usage: string
  summary: string
  /** Answers with lines of text. @throws {WorldRefusal} */
  run(scene: Scene, args: string[]): Promise<string[]> | string[]
}
