// The demo's faucet and wallets: who is paid, who is refused, what its faults do, and a wallet that runs low.
import { describe, expect, it } from 'vitest'
import { planOf, walletOf } from '../../sandbox/demo/chains.ts'
import { runWorldCommand } from '../../sandbox/demo/commands.ts'
import { FAUCET_CHAIN } from '../../sandbox/demo/faucet.ts'
import { speak } from '../../sandbox/demo/speak.ts'
import type { Scene } from '../../sandbox/demo/world.ts'
import { withScene } from '../support/demo.ts'
import { until } from '../support/discord-bot.ts'

const MINE = walletOf('you', FAUCET_CHAIN)

/** The newest message of a channel as the one at the terminal sees it. */
const newest = ({ discord, at }: Scene, channelId = at.channelId) =>
  discord.messages(channelId, at.userId).at(-1)?.content ?? ''
const alerts = ({ discord, channels }: Scene) => discord.messages(channels.alerts)
const held = ({ chains }: Scene) =>
  chains.chain(FAUCET_CHAIN).balances.get(MINE)?.get(planOf(FAUCET_CHAIN).denom) ?? 0n
const says = async (scene: Scene, line: string) => {
  expect(await speak(scene, line)).toEqual([])
  return newest(scene)
}

describe('the faucet', () => {
  it('pays you once: the tokens are on the chain, and the link opens', async () => {
    await withScene(async (scene) => {
      expect(await says(scene, `/drip ${MINE}`)).toMatch(/: the faucet works only in <#\d+>\.$/)
      expect(await speak(scene, '#faucet')).toEqual(['you are in #faucet now'])
      const paid = await says(scene, `/drip ${MINE}`)
      expect(paid).toContain(`💧 Sent 5 JUNO to \`${MINE}\``)
      expect(held(scene)).toBe(5_000_000n)
      const [, link = ''] = /<(http[^>]+)>/.exec(paid) ?? []
      expect(await (await fetch(link)).json()).toMatchObject({ outcome: 'committed' })

      expect(await says(scene, `/drip ${MINE}`)).toMatch(/you had tokens \d+ seconds? ago: again <t:\d+:R>/)
      await until(() => scene.discord.directMessages(scene.people.you).length === 2)
      await runWorldCommand(scene, 'clock 1d')
      expect(await says(scene, `/drip ${MINE}`)).toContain('💧 Sent 5 JUNO')
      expect(held(scene)).toBe(10_000_000n)
    })
  })

  it('refuses the newcomer, who is no moderator; you are', async () => {
    await withScene(async (scene) => {
      await speak(scene, '#faucet')
      expect(await runWorldCommand(scene, 'as newcomer')).toEqual([
        'who types is now: newcomer. The account was made 3 days ago and joined 5 hours ago',
      ])
      const refusal = await says(scene, `/drip ${MINE}`)
      expect(refusal).toContain('for 2 reasons')
      expect(refusal).toContain('your account is 3 days old; it must be 7 days')
      expect(refusal).toContain('you joined this server 5 hours ago; it must be 24 hours')
      await until(() => scene.discord.directMessages(scene.people.newcomer).length === 1)
      expect(await says(scene, '/drips')).toBe(
        `\`/drips\` is only for <@&${[...scene.discord.guild.roles.values()].find(({ name }) => name === 'relayers')!.id}>.`,
      )

      expect(await runWorldCommand(scene, 'as nobody')).toEqual(['there are: you, newcomer'])
      await runWorldCommand(scene, 'as you')
      await says(scene, `/drip ${MINE}`)
      expect(await says(scene, '/drips @you')).toMatch(/1 request of <@\d+>.*sent/s)
      expect(await says(scene, '/drips @newcomer')).toContain('0 requests')
    })
  })

  it('refuses a newcomer after every jump of the clock, before and while it is him who types', async () => {
    await withScene(async (scene) => {
      await speak(scene, '#faucet')
      await runWorldCommand(scene, 'clock +9d')
      for (const line of ['as newcomer', 'clock +9d', 'as newcomer']) {
        await runWorldCommand(scene, line)
        if (line.startsWith('as') || scene.at.userId === scene.people.newcomer)
          expect(await says(scene, `/drip ${MINE}`)).toContain('your account is 3 days old')
      }
      expect(scene.faucet.server.world.paid).toEqual([])
    })
  })

  it('can be down, slow and dry, and well again', async () => {
    await withScene(async (scene) => {
      await speak(scene, '#faucet')
      await runWorldCommand(scene, 'faucet down')
      expect(await says(scene, `/drip ${MINE}`)).toContain('the faucet could not be reached')
      await runWorldCommand(scene, 'faucet slow')
      expect(await says(scene, `/drip ${MINE}`)).toContain('I cannot tell yet')
      await runWorldCommand(scene, 'clock 20s')
      await until(() => newest(scene).includes('💧 Sent 5 JUNO'))
      expect(held(scene)).toBe(5_000_000n)

      await runWorldCommand(scene, 'clock 1d')
      await runWorldCommand(scene, 'faucet dry')
      await says(scene, `/drip ${MINE}`)
      await until(() => alerts(scene).length === 1)
      expect(alerts(scene)[0]!.content).toMatch(/^🔴 FAUCET DRY: the faucet of juno-1/)
      expect(alerts(scene)[0]!.mention_roles).toHaveLength(1)

      await runWorldCommand(scene, 'clock 1d')
      await runWorldCommand(scene, 'faucet ok')
      expect(await says(scene, `/drip ${MINE}`)).toContain('💧 Sent 5 JUNO')
      await until(() => alerts(scene).at(-1)!.content.includes('pays again'))
      expect(held(scene)).toBe(10_000_000n)
      expect((await runWorldCommand(scene, 'status')).join('\n')).toContain(
        'the faucet is ok, and has paid 2 times',
      )
      expect((await runWorldCommand(scene, 'faucet bogus')).join()).toBe(
        'ok, dry, slow, down? For example: !faucet dry',
      )
    })
  })
})

describe('a wallet', () => {
  it('runs low and is filled again, as its start or its address names it', async () => {
    await withScene(async (scene) => {
      const wallet = walletOf('relayer', 'cosmoshub-4')
      expect(await runWorldCommand(scene, 'spend cosmos1 0.5')).toEqual([
        `${wallet} holds 12 ATOM now`,
        `the bot does not watch it. First: $register ${wallet} cosmoshub 2`,
      ])
      await runWorldCommand(scene, 'fund cosmos1 0.5')
      expect(await says(scene, `/register ${wallet} cosmoshub 2`)).toContain('It holds 12.5 ATOM now')
      expect(await runWorldCommand(scene, 'spend cosmos1 10')).toEqual([`${wallet} holds 2.5 ATOM now`])
      expect(alerts(scene)).toEqual([])
      await runWorldCommand(scene, `spend ${wallet} 1`)
      await until(() => alerts(scene).length === 1)
      expect(alerts(scene)[0]!.content).toMatch(/^🟡 LOW: wallet cosmos1….* has 1\.5 ATOM, below 2 ATOM/)
      expect(alerts(scene)[0]!.mentions.map(({ id }) => id)).toEqual([scene.people.you])
      await runWorldCommand(scene, 'fund cosmos1 0.5')
      await until(() => alerts(scene).at(-1)!.content.startsWith('🟢 over: wallet'))
    })
  })

  it('is not understood, or holds too little', async () => {
    await withScene(async (scene) => {
      expect((await runWorldCommand(scene, 'spend')).join()).toMatch(
        /^which wallet\? There are:\n {2}cosmos1/,
      )
      expect((await runWorldCommand(scene, 'spend xyz1 1')).join()).toMatch(/^which wallet\?/)
      expect((await runWorldCommand(scene, 'spend juno1 x')).join()).toMatch(/^how many tokens\?/)
      expect((await runWorldCommand(scene, 'spend cosmos1 20')).join()).toBe(
        'it holds only 12.5 ATOM. First: !fund cosmos1 20',
      )
      expect((await speak(scene, '#nowhere')).join()).toBe(
        'there is no #nowhere; there is: #alerts, #general, #faucet',
      )
    })
  })
})
