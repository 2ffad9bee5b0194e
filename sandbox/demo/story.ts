// The demo's fixed story: a client comes into danger, an endpoint fails, the faucet pays, a wallet runs low.
import { type Clock, systemClock } from '../../src/kernel/clock.ts'
import type { Message } from '../discord/types.ts'
import { walletOf } from './chains.ts'
import { runWorldCommand } from './commands.ts'
import { FAUCET_CHAIN } from './faucet.ts'
import type { Screen } from './screen.ts'
import { speak } from './speak.ts'
import type { Scene } from './world.ts'

export interface StoryOptions {
  /** How long each awaited message may take, in milliseconds of `clock`; 30 s. */
  withinMs?: number
  /** What that is measured with; the machine's. */
  clock?: Clock
  /** Pause after each step, for people who read along, in real milliseconds; none. */
  pauseMs?: number
}

/** A step that the story told of did not happen. */
export class StoryStopped extends Error {
  override name = 'StoryStopped'
}

interface Sight {
  message: Pick<Message, 'content' | 'channel_id'>
  /** Somebody's phone rings. */
  pings: boolean
  text: string
  edited: boolean
}

/**
 * Plays the story.
 * @throws {StoryStopped} when an awaited message does not come in time
 */
export async function playStory(scene: Scene, screen: Screen, options: StoryOptions = {}): Promise<void> {
  const { withinMs = 30_000, pauseMs = 0, clock = systemClock } = options
  const { channels, discord, people, at } = scene
  const hub = scene.settings.chains[0]!
  const [client = ''] = scene.chains.chain(hub.chainId).clients.keys()
  let seen: Sight[] = []
  let look = () => {}
  const watch = (edited: boolean) => (message: Message) => {
    const { content, channel_id, mentions, mention_roles } = message
    const text = [content, ...message.embeds.map((one) => `${one.title}\n${one.description}`)].join('\n')
    const pings = mentions.length + mention_roles.length > 0
    seen.push({ message: { content, channel_id }, pings, text, edited })
    look()
  }
  const stops = [discord.onMessage(watch(false)), discord.onEdit(watch(true))]

  /** Waits for something that was said since the last step began. */
  const expect = async (what: string, fits: (sight: Sight) => boolean) => {
    const found = new Promise<boolean>((resolve) => {
      look = () => seen.some(fits) && resolve(true)
      look()
    })
    if (!(await within(found))) throw new StoryStopped(`${what} did not come within ${withinMs / 1000} s`)
  }
  const within = async <T>(work: Promise<T>): Promise<T | null> => {
    const late = new AbortController()
    const result = await Promise.race([work, clock.sleep(withinMs, late.signal).then(() => null)])
    late.abort()
    return result
  }
  const world = async (line: string) => {
    screen.typed(`!${line}`)
    const said = await within(runWorldCommand(scene, line))
    if (!said) throw new StoryStopped(`!${line} did not end within ${withinMs / 1000} s`)
    screen.note(said)
  }
  const begin = async (heading: string) => {
    if (seen.length > 0) await systemClock.sleep(pauseMs)
    screen.heading(heading)
    seen = []
  }
  const ask = async (line: string, what: string, says: RegExp) => {
    seen = []
    if (line.startsWith('/')) screen.typed(line)
    await speak(scene, line)
    await expect(what, ({ message, text }) => message.channel_id === at.channelId && says.test(text))
    await systemClock.sleep(pauseMs)
  }
  const go = async (channel: string) => {
    screen.typed(channel)
    screen.note(await speak(scene, channel))
  }
  const alert = (what: string, says: RegExp, options: { pings: boolean; edited?: boolean }) =>
    expect(
      what,
      ({ message, pings, edited }) =>
        message.channel_id === channels.alerts &&
        edited === (options.edited ?? false) &&
        says.test(message.content) &&
        pings === options.pings,
    )

  try {
    await begin('Day 0. A relayer keeps every client updated. All is well.')
    await ask('$data', 'the answer to $data', / 0 need attention/)

    await begin('The relayer stops, and nobody notices. Eight days pass.')
    await world('relayer stop')
    await world('clock +8d')
    await alert('the warning', new RegExp(`🟡 \\d+ h left: ${hub.name} ${client}`), { pings: true })

    await begin('Nobody reacts. Another day passes.')
    await world('clock +1d 1h')
    await alert('the critical alert', new RegExp(`🟠 \\d+ h left: ${hub.name} ${client}`), { pings: true })
    await ask('/data', 'the answer to /data', / 2 need attention/)

    await begin(`The endpoints of ${hub.name} go down. The bot says what it cannot see.`)
    await world(`down ${hub.registryName}`)
    await world('clock +14m')
    await alert('the word that it is blind', new RegExp(`BLIND \\d+ min: ${hub.name}`), { pings: true })

    await begin('They come back.')
    await world(`up ${hub.registryName}`)
    await alert('the end of being blind', new RegExp(`over: ${hub.name} can be read again`), { pings: false })

    await begin('Somebody runs the command of the alert, and then the relayer again.')
    await world(`update ${client}`)
    await alert('the end of the danger', new RegExp(`🟢 over: .*${client}`), { pings: false })
    await alert('the mark on the first alert', new RegExp(`over: .*${client}`), {
      pings: false,
      edited: true,
    })
    await world('relayer start')
    await alert('the end of the other danger', /🟢 over: (?!.*259)/, { pings: false })

    await begin('All is well again.')
    await ask('$data', 'the answer to $data', / 0 need attention/)

    const mine = walletOf('you', FAUCET_CHAIN)
    await begin('You need test tokens. The faucet pays once a day.')
    await go('#faucet')
    await ask(
      `/drip ${mine}`,
      'the payment of the faucet',
      new RegExp(`💧 Sent 5 \\S+ to \`${mine}\`[^]*/txs/ltx1`),
    )
    await ask(`/drip ${mine}`, 'the refusal of the faucet', /you had tokens .*: again <t:\d+:R>/)
    const direct = discord.directChannel(people.you).id
    await expect('the refusal as a direct message', ({ message }) => message.channel_id === direct)

    const [relayers, threshold] = [walletOf('relayer', hub.chainId), 2]
    const low = `wallet cosmos1…${relayers.slice(-4)} on ${hub.name}`
    await begin('The relayer pays its fees from a wallet. You have it watched, and it runs low.')
    await go('#general')
    const register = `$register ${relayers} ${hub.registryName} ${threshold}`
    await ask(register, 'the registration of a wallet', new RegExp(`holds less than \\*\\*${threshold} `))
    await world(`spend ${relayers} 11`)
    await alert('the word that a wallet is low', new RegExp(`🟡 LOW: ${low} has 1.5 `), { pings: true })
    await world(`fund ${relayers} 20`)
    await alert('the end of the low balance', new RegExp(`🟢 over: ${low} has 21.5 `), { pings: false })
  } finally {
    for (const stop of stops) stop()
  }
}
