// The commands about people and tokens in the demo's world: `!as`, `!faucet`, `!spend` and `!fund`.
import type { ChainSettings } from '../../src/chains/settings.ts'
import { decodeAddress } from '../../src/kernel/address.ts'
import { formatAmount, parseAmount } from '../../src/kernel/amount.ts'
import { snowflakeTimeMs } from '../../src/kernel/snowflake.ts'
import { walletOf } from './chains.ts'
import { FAUCET_STATES, type FaucetState } from './faucet.ts'
import { relativeTime } from './markdown.ts'
import type { Scene } from './world.ts'
import { type WorldCommand, WorldRefusal } from './world-command.ts'

export const PEOPLE_COMMANDS: Readonly<Record<string, WorldCommand>> = {
  spend: {
    usage: '!spend <wallet> <amount>',
    summary: 'tokens leave a wallet; the start of an address is enough',
    run: (scene, args) => transfer(scene, args, -1n),
  },
  fund: {
    usage: '!fund <wallet> <amount>',
    summary: 'tokens arrive in it',
    run: (scene, args) => transfer(scene, args, 1n),
  },
  faucet: {
    usage: `!faucet ${FAUCET_STATES.join('|')}`,
    summary: 'the faucet is empty, pays late, refuses connections, or is well',
    async run(scene, [what]) {
      const state = FAUCET_STATES.find((one) => one === what)
      if (!state) throw new WorldRefusal(`${FAUCET_STATES.join(', ')}? For example: !faucet dry`)
      await scene.faucet.be(state)
      return [STATE_TEXT[state]]
    },
  },
  as: {
    usage: '!as newcomer|you',
    summary: 'who you are; the newcomer has always just come: too new for the faucet, and no admin',
    run(scene, [name = '']) {
      const found = Object.entries(scene.people).find(([known]) => known === name)
      if (!found) throw new WorldRefusal(`there are: ${Object.keys(scene.people).join(', ')}`)
      const [, userId] = found
      scene.at.userId = userId
      return [`who types is now: ${name}. ${ageText(scene, userId)}`]
    },
  },
}

const STATE_TEXT: Readonly<Record<FaucetState, string>> = {
  ok: 'the faucet is well',
  dry: 'the faucet has nothing left to pay with',
  slow: 'the faucet pays, but its answer says that it may still land: the bot finds out within 15 s',
  down: "the faucet's server refuses connections",
}

/** "The account was made 3 days ago and joined 5 hours ago" */
function ageText({ discord, clock }: Scene, userId: string): string {
  const ago = (atMs: number) => relativeTime(atMs, clock.now())
  const joinedAt = discord.members.get(userId)?.joined_at ?? ''
  return `The account was made ${ago(snowflakeTimeMs(userId)!)} and joined ${ago(Date.parse(joinedAt))}`
}

/** "juno1… (yours) 5 JUNO": the wallets that the demo knows of, with what they really hold. */
export function walletLines(scene: Scene): string[] {
  return knownWallets(scene).map(({ owner, chain, address }) => {
    const held = amountText(balanceOf(scene, chain, address), chain)
    return `  ${address} (${owner}): ${held}`
  })
}

/** The relayer's wallet on each chain, and those of the people where the faucet pays. */
export function knownWallets({ settings, people }: Pick<Scene, 'settings' | 'people'>) {
  const [faucet] = settings.faucets
  return settings.chains.flatMap((chain) => {
    const owners = ['relayer', ...(chain.chainId === faucet?.chain ? Object.keys(people) : [])]
    return owners.map((owner) => ({ owner, chain, address: walletOf(owner, chain.chainId) }))
  })
}

async function transfer(
  scene: Scene,
  [typed = '', amount = '']: string[],
  sign: 1n | -1n,
): Promise<string[]> {
  const { chain, address } = walletMeant(scene, typed)
  const { token } = chain
  const base = token && parseAmount(amount, token.decimals)
  if (!token || !base) throw new WorldRefusal('how many tokens? For example: !spend cosmos1 11.5')
  const after = balanceOf(scene, chain, address) + sign * base
  if (after < 0n) {
    const held = amountText(balanceOf(scene, chain, address), chain)
    throw new WorldRefusal(`it holds only ${held}. First: !fund ${typed} ${amount}`)
  }
  await scene.act(() => scene.chains.chain(chain.chainId).setBalance(address, token.denom, after))
  const watched = scene.watchesWallet(chain.chainId, address)
  const unwatched = `the bot does not watch it. First: $register ${address} ${chain.registryName ?? chain.chainId} 2`
  return [`${address} holds ${amountText(after, chain)} now`, ...(watched || sign > 0n ? [] : [unwatched])]
}

/** A known wallet by the start of its address, or any address of one of the chains. */
function walletMeant(scene: Scene, typed: string): { chain: ChainSettings; address: string } {
  const known = knownWallets(scene)
  const starting = typed === '' ? [] : known.filter(({ address }) => address.startsWith(typed))
  // The relayer's is meant where people have wallets too.
  const found = starting.length === 1 ? starting[0] : starting.find(({ owner }) => owner === 'relayer')
  if (found) return found
  const decoded = decodeAddress(typed)
  const chain = decoded.ok && scene.settings.chains.find(({ prefix }) => prefix === decoded.prefix)
  if (decoded.ok && chain) return { chain, address: decoded.canonical }
  throw new WorldRefusal(['which wallet? There are:', ...walletLines(scene)].join('\n'))
}

function balanceOf({ chains }: Scene, { chainId, token }: ChainSettings, address: string): bigint {
  return (
    chains
      .chain(chainId)
      .balances.get(address)
      ?.get(token?.denom ?? '') ?? 0n
  )
}

const amountText = (base: bigint, { token }: ChainSettings) =>
  `${formatAmount(base, token?.decimals ?? 0, { group: true })} ${token?.symbol ?? ''}`.trim()
