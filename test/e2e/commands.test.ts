// The commands about clients over both doors, through real discord.js, with pages that work after a restart.
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '../../sandbox/discord/types.ts'
import { until } from '../support/discord-bot.ts'
import { closeWorlds, DAY, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY

/** A hub with clients in every state. */
const hub = (healthy = 3, discord = {}) =>
  startWorld({
    discord,
    build(chains) {
      chains.addChain({ chainId: 'hub-1' })
      chains.addChain({ chainId: 'spoke-1' })
      const ends = [
        { ageMs: 0.95 * PERIOD },
        { ageMs: 1.2 * PERIOD },
        { frozen: true },
        ...Array.from({ length: healthy }, () => ({ ageMs: 0.1 * PERIOD })),
      ]
      for (const a of ends) {
        chains.openConnection('hub-1', 'spoke-1', {
          trustingPeriodMs: PERIOD,
          a,
          b: { trustingPeriodMs: 1000 * DAY },
        })
      }
    },
    config: (base) => ({
      ...base,
      chains: base.chains.map((chain) =>
        typeof chain === 'object' && chain.chainId === 'hub-1' ? { ...chain, name: 'The Hub' } : chain,
      ),
    }),
  })

const registered = (world: TestWorld) =>
  until(() => world.log.some(({ msg }) => msg === 'slash commands are registered'))

/** All that a message shows. */
const shown = (message: Message) => JSON.stringify([message.content, message.embeds])

/** Types into the channel and reads the answer. */
async function say(world: TestWorld, text: string): Promise<Message> {
  const before = world.answers().length
  world.discord.say(world.ann, world.channelId, text)
  await until(() => world.answers().length > before)
  return world.answers().at(-1)!
}

const slash = (world: TestWorld, name: string, options = {}) =>
  world.discord.slash(world.ann, world.channelId, name, options).reply

describe('by prefix and by slash', () => {
  it('data shows what is in danger first, and its filters', async () => {
    const world = await hub()
    await registered(world)
    for (const ask of [() => say(world, '$data'), () => slash(world, 'data')]) {
      const text = shown(await ask())
      expect(text).toContain('The Hub')
      expect(text.indexOf('07-tendermint-0')).toBeGreaterThan(-1)
      expect(text.indexOf('07-tendermint-0')).toBeLessThan(text.indexOf('07-tendermint-5'))
    }
    for (const ask of [
      () => say(world, '$data hub-1 expired'),
      () => say(world, '$data "The Hub" expired'),
      () => slash(world, 'data', { chain: 'hub-1', status: 'expired' }),
    ]) {
      const text = shown(await ask())
      expect(text).toContain('07-tendermint-1')
      expect(text).not.toContain('07-tendermint-5')
    }
  })

  it('client shows one client, both ends, its history and the command that mends it', async () => {
    const world = await hub()
    await registered(world)
    for (const ask of [
      () => say(world, '$client 07-tendermint-0 hub-1'),
      () => slash(world, 'client', { client: '07-tendermint-0', chain: 'hub-1' }),
    ]) {
      const text = shown(await ask())
      expect(text).toContain('hermes update client --host-chain hub-1 --client 07-tendermint-0')
      expect(text).toContain('spoke-1')
      expect(text).toContain('channel-0')
    }
    expect(shown(await say(world, '$client 07-tendermint-1 hub-1'))).toMatch(/recover/)
    // Both chains have one of this id: which is meant is asked, and what is not there is said.
    expect(shown(await say(world, '$client 07-tendermint-0'))).toMatch(/hub-1.*spoke-1|spoke-1.*hub-1/)
    expect(shown(await say(world, '$client 07-tendermint-999'))).toMatch(/07-tendermint-999/)
  })

  it('alerts, status and help answer', async () => {
    const world = await hub()
    await registered(world)
    for (const door of ['$', '/']) {
      const ask = (name: string) => (door === '$' ? say(world, `$${name}`) : slash(world, name))
      expect(shown(await ask('alerts'))).toMatch(/#\d+.*07-tendermint-0|07-tendermint-0.*#\d+/)
      expect(shown(await ask('status'))).toMatch(/The Hub.*swept/)
      const help = shown(await ask('help'))
      for (const name of ['data', 'client', 'alerts', 'status']) expect(help).toContain(`${door}${name}`)
    }
    expect(shown(await say(world, '$help data'))).toContain('$data')
    expect(shown(await slash(world, 'help', { command: 'data' }))).toContain('/data')
  })

  it('say how old they are, and what cannot be read', async () => {
    const world = await hub()
    world.endpoints.get('hub-1')![0]!.faults = { html: 502 }
    await world.pass(12 * 60_000)
    const seconds = Math.floor((world.clock.now() - 12 * 60_000) / 1000)
    expect(shown(await say(world, '$data hub-1'))).toMatch(/<t:\d+:R>/)
    const status = shown(await say(world, '$status'))
    expect(status).toContain('1 of 2 chains cannot be read')
    expect(status).toContain('502')
    const since = Number(/<t:(\d+):R>/.exec(status)![1])
    expect(Math.abs(since - seconds)).toBeLessThanOrEqual(120)
  })

  it('never mention anybody, whatever was typed', async () => {
    const world = await hub()
    const bob = world.discord.addMember({ name: 'bob' }).user.id
    for (const text of [`$client <@${bob}>`, `$data @everyone`, `$client ${world.role}`])
      await say(world, text)
    for (const { mentions, mention_roles, mention_everyone } of world.answers()) {
      expect([mention_roles, mention_everyone]).toEqual([[], false])
      expect(mentions.map(({ id }) => id).filter((id) => id !== world.ann)).toEqual([])
    }
  })
})

describe('pages', () => {
  it('turn after a restart, by anybody, and keep the filter', async () => {
    const world = await hub(120)
    const message = await say(world, '$data hub-1')
    const next = () => message.components[0]!.components!.find(({ label }) => label === '▶')!
    expect(shown(message)).not.toContain('07-tendermint-100')
    await world.restart()
    const bob = world.discord.addMember({ name: 'bob' }).user.id
    const seen = new Set<string>()
    for (let page = 0; page < 40; page++) {
      for (const [id] of shown(message).matchAll(/07-tendermint-\d+/g)) seen.add(id)
      const button = next()
      if (button.disabled) break
      const before = shown(message)
      const pressed = world.discord.press(bob, message, button.custom_id!)
      expect(await pressed.acknowledged).toBe(6)
      await until(() => shown(message) !== before)
    }
    const there = world.app.clients.store.clients('hub-1').filter(({ rule }) => rule === 'tendermint')
    expect(there.map(({ clientId }) => clientId).filter((id) => !seen.has(id))).toEqual([])
  })
})

describe('without the Message Content intent', () => {
  it('slash commands and alerts work, and what to switch on is said', async () => {
    const world = await hub(3, { messageContent: false })
    await registered(world)
    expect(world.lines()).toContainEqual(expect.stringMatching(/^🟠 16 h left: The Hub 07-tendermint-0/))
    const status = shown(await slash(world, 'status'))
    expect(status).toContain('Message Content')
    expect(world.log.some(({ level, msg }) => level >= 50 && /Message Content Intent/.test(msg))).toBe(true)
    world.discord.say(world.ann, world.channelId, '$status')
    await slash(world, 'status')
    expect(world.answers()).toEqual([])
  })
})

describe('a connection that breaks', () => {
  it('is made again, and commands go on', async () => {
    const world = await hub()
    await registered(world)
    world.server.gateway.drop()
    const text = shown(await say(world, '$status'))
    expect(text).toContain('The Hub')
  })
})
