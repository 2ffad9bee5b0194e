// The commands about wallets by both doors: what is answered, each refusal, and what the database holds after it.
import { bech32 } from '@scure/base'
import { afterEach, describe, expect, it } from 'vitest'
import {
  ATOM_ON_OSMOSIS,
  addAdmin,
  address,
  ask,
  chainOf,
  check,
  DOORS,
  registrations,
  walletWorld,
} from '../support/wallets.ts'
import { closeWorlds, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const HUB = address(1)
const OSMO = address(1, 'osmo')

const hexOf = (text: string) =>
  `0x${Buffer.from(bech32.fromWords(bech32.decode(text as `${string}1${string}`).words)).toString('hex')}`

const row = (world: TestWorld, more: object = {}) => ({
  user_id: world.ann,
  chain_id: 'hub-1',
  address: HUB,
  denom: 'uatom',
  threshold_base: '2500000',
  ...more,
})

describe.each(DOORS)('by the %s door', (door) => {
  it('registers, changes, shows and lets go', async () => {
    const world = await walletWorld()
    const say = (command: string, args = {}) => ask(world, door, command, args)
    expect(await say('wallets')).toContain('No wallet is watched yet')
    expect(await say('my_wallets')).toContain('You have not registered a wallet yet')

    const done = await say('register', { wallet: HUB, chain: 'Cosmos Hub', threshold: '2.5' })
    expect(done).toBe(
      `🟢 Registered: I tag you when \`${HUB}\` on **Cosmos Hub** holds less than **2.5 ATOM**, denom \`uatom\`. It holds 12 ATOM now.`,
    )
    expect(registrations(world)).toEqual([row(world)])

    // The same again updates; a symbol and a denom are the same token; an address in upper case is the same.
    const changed = await say('register', {
      wallet: HUB.toUpperCase(),
      chain: 'hub-1',
      threshold: '3.000001',
      denom: 'atom',
    })
    expect(changed).toContain('🟢 Changed: I tag you when')
    expect(changed).toContain('**3.000001 ATOM** (was 2.5 ATOM)')
    expect(registrations(world)).toEqual([row(world, { threshold_base: '3000001' })])

    chainOf(world, 'hub-1').setBalance(HUB, 'uatom', 1_234_567_890_123n)
    const listed = await say('wallets')
    expect(listed).toContain('**1 balance** watched, 0 low')
    expect(listed).toContain('**12 ATOM**')
    expect(listed).toContain(`below 3.000001 ATOM: <@${world.ann}>`)
    expect(await say('my_wallets')).toContain('**1,234,567.890123 ATOM**')
    expect(await say('wallet', { address: HUB })).toContain('Wallet on **Cosmos Hub**, read now')
    // What was read now is kept.
    expect(await say('wallets')).toContain('**1,234,567.890123 ATOM**')

    expect(await say('deregister', { wallet: HUB })).toContain(
      `Gone: I do not tell you any more about \`${HUB}\``,
    )
    expect(registrations(world)).toEqual([])
    expect(await say('deregister', { wallet: HUB })).toContain('There is no registration of')
    expect(world.news()).toEqual([])
  })

  it('keeps users, chains and tokens apart', async () => {
    const world = await walletWorld()
    const bob = world.discord.addMember({ name: 'bob' }).user.id
    chainOf(world, 'osmo-1').setBalance(OSMO, ATOM_ON_OSMOSIS, 7_000_000n)
    await ask(world, door, 'register', { wallet: OSMO, chain: 'osmo-1', threshold: '1' })
    await ask(world, door, 'register', { wallet: OSMO, chain: 'osmo-1', threshold: '2' }, bob)
    const ibc = await ask(world, door, 'register', {
      wallet: OSMO,
      chain: 'osmo-1',
      threshold: '7000000',
      denom: ATOM_ON_OSMOSIS.toLowerCase(),
    })
    expect(ibc).toContain('It holds 7,000,000 ibc/27394F…5EB2 now. Its decimals are not known')
    const of = (user_id: string, denom: string, threshold_base: string) =>
      row(world, { user_id, chain_id: 'osmo-1', address: OSMO, denom, threshold_base })
    const all = [
      of(world.ann, ATOM_ON_OSMOSIS, '7000000'),
      of(world.ann, 'uosmo', '1000000'),
      of(bob, 'uosmo', '2000000'),
    ]
    const sorted = (rows: unknown[]) => rows.map((one) => JSON.stringify(one)).sort()
    expect(sorted(registrations(world))).toEqual(sorted(all))

    // Two of one's own: the answer lists the choices, and one of them works.
    const choices = await ask(world, door, 'deregister', { wallet: OSMO })
    expect(choices).toContain('registered more than once')
    expect(choices).toContain(`deregister ${OSMO} osmo-1 ${ATOM_ON_OSMOSIS}`)
    await ask(world, door, 'deregister', { wallet: OSMO, chain: 'Osmosis', denom: ATOM_ON_OSMOSIS })
    expect(sorted(registrations(world))).toEqual(sorted(all.slice(1)))
  })

  it('lets only the owner or an admin let go', async () => {
    const world = await walletWorld()
    const bob = world.discord.addMember({ name: 'bob' }).user.id
    const admin = addAdmin(world)
    await ask(world, door, 'register', { wallet: HUB, chain: 'hub-1', threshold: '1' })
    const refused = await ask(world, door, 'deregister', { wallet: HUB }, bob)
    expect(refused).toBe(
      `You have not registered that wallet. It is <@${world.ann}>'s; only they or an admin let it go.`,
    )
    const named = await ask(
      world,
      door,
      'deregister',
      { wallet: HUB, chain: 'hub-1', denom: 'ATOM', user: world.ann },
      bob,
    )
    expect(named).toBe(`Only <@${world.ann}> or an admin can let that go.`)
    expect(registrations(world)).toHaveLength(1)

    await ask(world, door, 'register', { wallet: HUB, chain: 'hub-1', threshold: '2' }, bob)
    const which = await ask(world, door, 'deregister', { wallet: HUB }, admin)
    expect(which).toContain(`deregister ${HUB} hub-1 uatom ${bob}`)
    expect(registrations(world)).toHaveLength(2)
    const args = { wallet: HUB, chain: 'hub-1', denom: 'uatom', user: bob }
    expect(await ask(world, door, 'deregister', args, admin)).toContain(`do not tell <@${bob}> any more`)
    expect(await ask(world, door, 'deregister', { wallet: HUB }, admin)).toContain(`tell <@${world.ann}>`)
    expect(registrations(world)).toEqual([])
  })

  it('refuses what it cannot take, and keeps nothing of it', async () => {
    const world = await walletWorld()
    const fine = { wallet: HUB, chain: 'hub-1', threshold: '2.5' }
    const say = (args: object) => ask(world, door, 'register', { ...fine, ...args })
    const refusals: [object, string | RegExp][] = [
      [{ chain: 'cosmohubs' }, 'There is no chain `cosmohubs`. Did you mean `hub-1` (Cosmos Hub)?'],
      [{ wallet: `${HUB.slice(0, -1)}${HUB.endsWith('q') ? 'p' : 'q'}` }, 'its checksum does not fit'],
      [{ wallet: `C${HUB.slice(1)}` }, 'mixes upper and lower case'],
      [{ wallet: 'hello' }, 'does not look like an address'],
      [
        { wallet: OSMO },
        `\`${OSMO}\` is not an address of **Cosmos Hub**: it begins with \`osmo\`, theirs with \`cosmos\`. It looks like one of **Osmosis** (\`osmo-1\`).`,
      ],
      [{ wallet: OSMO }, `The same bytes are \`${HUB}\` there.`],
      [
        { wallet: address(1, 'cosmosvaloper') },
        `It is a validator's; the account of the same bytes is \`${HUB}\`.`,
      ],
      [{ wallet: address(1, 'cosmosvalcons') }, 'theirs with `cosmos`. It is no account.'],
      [{ wallet: hexOf(HUB) }, `it is a 0x address, give the bech32 form: ${HUB} (the same 20 bytes).`],
      [{ wallet: '0x1234' }, 'no 40 characters after it'],
      [{ threshold: '1e3' }, '`1e3` is not a number of tokens'],
      [{ threshold: '-1' }, 'is not a number of tokens'],
      [{ threshold: '1,5' }, 'is not a number of tokens'],
      [{ threshold: 'NaN' }, 'is not a number of tokens'],
      [{ threshold: '0.0000001' }, 'ATOM has 6 decimals'],
      [{ threshold: '0' }, 'A balance is never below 0: give a threshold of at least 0.000001.'],
      [{ denom: 'uatoms' }, 'Nobody knows a token `uatoms`'],
      [{ denom: '!' }, '`!` is neither a symbol nor a denom'],
    ]
    for (const [args, text] of refusals) {
      const answer = await say(args)
      if (typeof text === 'string') expect(answer).toContain(text)
      else expect(answer).toMatch(text)
    }
    expect(registrations(world)).toEqual([])
    const { sql } = world.app.database
    expect(sql.prepare('SELECT count(*) AS n FROM wallet_balances').get()).toEqual({ n: 0 })
    expect(await ask(world, door, 'wallet', { address: HUB })).toContain(`Nobody watches \`${HUB}\``)
    expect(await ask(world, door, 'wallet', { address: 'hello' })).toContain('is not an address')
    const hex = await ask(world, door, 'wallet', { address: hexOf(HUB) })
    expect(hex).toContain(`give the bech32 form: ${HUB} or ${OSMO} (the same 20 bytes)`)
  })

  it('registers nothing while the chain cannot be read', async () => {
    const world = await walletWorld()
    for (const endpoint of world.endpoints.get('hub-1')!) endpoint.faults = { status: 500 }
    const answer = await ask(world, door, 'register', { wallet: HUB, chain: 'hub-1', threshold: '1' })
    expect(answer).toMatch(/^\*\*Cosmos Hub\*\* cannot be read just now \(.*500\), so nothing was registered/)
    expect(registrations(world)).toEqual([])
  })

  it('tells apart the chains of one address, and lists the choices', async () => {
    const world = await walletWorld({
      build: (chains) => {
        chains.addChain({ chainId: 'hub-2', bondDenom: 'uatom' }).setBalance(HUB, 'stake', 3n)
      },
    })
    await ask(world, door, 'register', { wallet: HUB, chain: 'hub-1', threshold: '1' })
    await ask(world, door, 'register', { wallet: HUB, chain: 'hub-2', threshold: '1', denom: 'stake' })
    expect(registrations(world)).toHaveLength(2)
    for (const command of ['wallet', 'deregister']) {
      const first = command === 'wallet' ? 'address' : 'wallet'
      const choices = await ask(world, door, command, { [first]: HUB })
      expect(choices).toContain(`${command} ${HUB} hub-1`)
      expect(choices).toContain(`${command} ${HUB} hub-2`)
    }
    expect(await ask(world, door, 'wallet', { address: HUB, chain: 'hub-2' })).toContain('**3 stake**')
    expect(await ask(world, door, 'wallet', { address: HUB, chain: 'osmo-1' })).toContain('Nobody watches')
    await ask(world, door, 'deregister', { wallet: HUB, chain: 'hub-2' })
    expect(registrations(world)).toEqual([row(world, { threshold_base: '1000000' })])
  })

  it('leaves what the configuration says to the configuration', async () => {
    const world = await walletWorld({ hub: { wallets: [{ address: HUB, threshold: '2' }] } })
    await check(world)
    expect(await ask(world, door, 'wallets')).toContain(`below 2 ATOM: config ${world.role}`)
    expect(await ask(world, door, 'deregister', { wallet: HUB }, addAdmin(world))).toBe(
      `\`${HUB}\` is in the configuration: it is taken out there, not from the channel.`,
    )
  })
})

describe('the lists', () => {
  it('have pages, low ones first, and ping nobody', async () => {
    const world = await walletWorld()
    const chain = chainOf(world, 'hub-1')
    const wallets = Array.from({ length: 20 }, (_, n) => address(`many ${n}`))
    for (const one of wallets) {
      chain.setBalance(one, 'uatom', 5_000_000n)
      await ask(world, 'slash', 'register', { wallet: one, chain: 'hub-1', threshold: '1' })
    }
    chain.setBalance(wallets[7]!, 'uatom', 999_999n)
    await check(world)
    const handle = world.discord.slash(world.ann, world.channelId, 'wallets', {})
    const reply = await handle.reply
    expect(reply.content).toContain('**20 balances** watched, 1 low')
    const text = reply.embeds[0]!.description!
    expect(text.split('\n')[0]).toContain(`🟡 \`${wallets[7]}\``)
    expect(text).toContain('**0.999999 ATOM** **low**')
    expect(text.match(/🟢/g)).toHaveLength(7)
    expect(reply.components!.length).toBeGreaterThan(0)
    expect(reply.mentions).toEqual([])
  })

  it('complete chains and wallets for the slash door', async () => {
    const world = await walletWorld()
    await ask(world, 'slash', 'register', { wallet: HUB, chain: 'hub-1', threshold: '1' })
    const complete = (name: string, options: Record<string, string>, focused: string) =>
      world.discord.autocomplete(world.ann, world.channelId, name, options, focused)
    expect(await complete('register', { wallet: HUB, chain: 'osmosi' }, 'chain')).toEqual([
      { name: 'Osmosis (osmo-1)', value: 'osmo-1' },
    ])
    expect(await complete('wallet', { address: 'cosmos1' }, 'address')).toEqual([{ name: HUB, value: HUB }])
  })
})
