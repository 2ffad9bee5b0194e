// The commands that act on the demo's world: `!clock +9d`, `!relayer stop` and so on. They answer with lines of text.
import { formatDuration, formatUtc, parseDurationMs } from '../../src/kernel/duration.ts'
import { messageOf } from '../../src/kernel/errors.ts'
import { nsToMs } from '../../src/kernel/nanotime.ts'
import type { SandboxChain } from '../chains/chain.ts'
import { PEOPLE_COMMANDS, walletLines } from './people-commands.ts'
import type { Scene } from './world.ts'
import { type WorldCommand, WorldRefusal } from './world-command.ts'

/** How far the clock can be moved at once. */
const LONGEST_JUMP_MS = 90 * 86_400_000

export const WORLD_COMMANDS: Readonly<Record<string, WorldCommand>> = {
  clock: {
    usage: '!clock +9d',
    summary: 'lets time pass (s, m, h, d), with the bot and the relayer awake',
    async run(scene, [text = '', ...more]) {
      const ms = parseDurationMs([text, ...more].join(' ').replace(/^\+/, ''))
      if (ms === null || ms <= 0) throw new WorldRefusal('how long? For example: !clock +9d')
      if (ms > LONGEST_JUMP_MS) throw new WorldRefusal('90 days at most, at once')
      await scene.pass(ms)
      const { relayer } = scene.chains
      return [
        `it is ${formatUtc(scene.clock.now(), scene.clock.now())}`,
        ...(relayer.running
          ? ['the relayer runs, and kept the clients updated; !relayer stop ends that']
          : []),
      ]
    },
  },
  relayer: {
    usage: '!relayer stop|start',
    summary: 'the relayer keeps every client updated, as long as it runs',
    async run(scene, [what]) {
      const { relayer } = scene.chains
      if (what === 'stop') {
        relayer.stop()
        return ['the relayer has stopped: nobody updates the clients']
      }
      if (what !== 'start') throw new WorldRefusal('stop or start? For example: !relayer stop')
      const before = relayer.updates
      await scene.act(() => relayer.start())
      return [
        `the relayer runs${relayer.updates > before ? `, and updated ${relayer.updates - before} clients` : ''}`,
      ]
    },
  },
  update: {
    usage: '!update <client>',
    summary: 'updates one client, as `hermes update client` does',
    run: (scene, args) =>
      onClient(scene, args, (chain, id) => {
        scene.chains.updateClient(chain.chainId, id)
        return `${id} on ${chain.chainId} was updated`
      }),
  },
  freeze: {
    usage: '!freeze <client>',
    summary: 'somebody submits misbehaviour: the client is frozen',
    run: (scene, args) =>
      onClient(scene, args, (chain, id) => {
        scene.chains.freeze(chain.chainId, id)
        return `${id} on ${chain.chainId} is frozen`
      }),
  },
  recover: {
    usage: '!recover <client>',
    summary: 'governance passes: an expired or frozen client lives again',
    run: (scene, args) =>
      onClient(scene, args, (chain, id) => {
        scene.chains.recover(chain.chainId, id)
        return `${id} on ${chain.chainId} was recovered by governance`
      }),
  },
  down: {
    usage: '!down <chain>',
    summary: 'its endpoints refuse connections: the bot is blind there after 10 s',
    async run(scene, args) {
      const { chainId } = chainOf(scene, args.join(' '))
      await scene.act(() => scene.serve(chainId, false))
      return [`every endpoint of ${chainId} is down`]
    },
  },
  halt: {
    usage: '!halt <chain>',
    summary: 'it makes no blocks; its endpoints answer',
    async run(scene, args) {
      const chain = chainOf(scene, args.join(' '))
      await scene.act(() => chain.halt())
      return [`${chain.chainId} has halted at block ${chain.height.toLocaleString('en-US')}`]
    },
  },
  up: {
    usage: '!up <chain>',
    summary: 'ends !down and !halt',
    async run(scene, args) {
      const chain = chainOf(scene, args.join(' '))
      await scene.act(async () => {
        if (chain.blocks.halted) chain.resume()
        await scene.serve(chain.chainId, true)
      })
      return [`${chain.chainId} makes blocks, and its endpoints answer`]
    },
  },
  ...PEOPLE_COMMANDS,
  status: {
    usage: '!status',
    summary: 'the world as it really is, whatever the bot knows of it',
    run: (scene) => statusLines(scene),
  },
}

/** Runs a line such as `!clock +9d` (without the `!`). What cannot be done is said in the lines. */
export async function runWorldCommand(scene: Scene, line: string): Promise<string[]> {
  const [name = '', ...args] = line.trim().split(/\s+/)
  const command = Object.hasOwn(WORLD_COMMANDS, name) ? WORLD_COMMANDS[name] : undefined
  if (name === 'help') return helpLines(scene)
  if (!command) return [`there is no !${name}; there is:`, ...helpLines(scene)]
  try {
    return await command.run(scene, args)
  } catch (error) {
    return [messageOf(error)]
  }
}

/** One line for each command. */
function helpLines({ channels }: Scene): string[] {
  const rows = [
    ...Object.values(WORLD_COMMANDS).map(({ usage, summary }) => [usage, summary]),
    ['$data  /data', 'any command of the bot, by prefix or slash: $help lists them'],
    [
      Object.keys(channels)
        .map((name) => `#${name}`)
        .join(' '),
      'goes to that channel; /drip works in #faucet alone',
    ],
    ['>  <', 'presses the page buttons under an answer'],
    ['!quit', 'ends the demo, as Ctrl-C does'],
  ] as [string, string][]
  return rows.map(([usage, summary]) => `${usage.padEnd(27)}${summary}`)
}

/** The chain that a person means: its id, its name, or the start of one of them. */
function chainOf(scene: Scene, typed: string): SandboxChain {
  const wanted = typed.toLowerCase()
  const found = wanted === '' ? [] : scene.settings.chains.filter((one) => isMeant(one, wanted))
  if (found.length !== 1) {
    const known = scene.settings.chains.map(({ registryName, chainId }) => registryName ?? chainId).join(', ')
    throw new WorldRefusal(`which chain? There are: ${known}`)
  }
  return scene.chains.chain(found[0]!.chainId)
}

function isMeant(chain: Scene['settings']['chains'][number], wanted: string): boolean {
  return [chain.chainId, chain.name, chain.registryName].some((name) =>
    name?.toLowerCase().startsWith(wanted),
  )
}

/** Changes the client that a person means: `07-tendermint-259`, `259`, with its chain where that is needed. */
async function onClient(
  scene: Scene,
  args: string[],
  change: (chain: SandboxChain, clientId: string) => string,
): Promise<string[]> {
  const all = [...scene.chains.chains.values()].flatMap((chain) =>
    [...chain.clients.keys()].map((id) => ({ chain, id })),
  )
  const word = args.find((arg) => /^(.+-)?\d+$/.test(arg) && !scene.chains.chains.has(arg))
  const chainWord = args.filter((arg) => arg !== word).join(' ')
  const host = chainWord ? chainOf(scene, chainWord) : null
  const found = all.filter(
    ({ chain, id }) => (id === word || id === `07-tendermint-${word}`) && (!host || host === chain),
  )
  if (found.length !== 1) {
    const list = [...scene.chains.chains.values()].map(
      (chain) => `  ${chain.chainId.padEnd(14)}${[...chain.clients.keys()].join(', ')}`,
    )
    throw new WorldRefusal(['which client? There are:', ...list].join('\n'))
  }
  let said = ''
  await scene.act(() => {
    said = change(found[0]!.chain, found[0]!.id)
  })
  return [said]
}

function statusLines(scene: Scene): string[] {
  const nowMs = scene.clock.now()
  const lines = [
    `${formatUtc(nowMs, nowMs)} · the relayer ${scene.chains.relayer.running ? 'runs' : 'has stopped'}`,
  ]
  for (const { chainId, name } of scene.settings.chains) {
    const chain = scene.chains.chain(chainId)
    const { up, all } = scene.endpoints(chainId)
    lines.push(
      `${name} (${chainId}, ibc-go ${chain.profile.ibcGo}): ${chain.blocks.halted ? 'halted at' : 'at'} block ` +
        `${chain.height.toLocaleString('en-US')}, ${up} of ${all} endpoints answer`,
    )
    for (const id of chain.clients.keys()) {
      const deadlineNs = chain.deadlineNs(id)
      const leftMs = deadlineNs === null ? null : nsToMs(deadlineNs) - nowMs
      const left = leftMs === null || leftMs <= 0 ? '' : `, ${formatDuration(leftMs)} left`
      const { data } = chain.client(id)
      const tracks = data.kind === 'tendermint' ? ` follows ${data.trackedChainId}:` : ':'
      lines.push(`  ${id}${tracks} ${chain.status(id)}${left}`)
    }
  }
  const { state, server } = scene.faucet
  const times = server.world.paid.length
  lines.push(`the faucet is ${state}, and has paid ${times} ${times === 1 ? 'time' : 'times'}`, 'wallets:')
  lines.push(...walletLines(scene))
  return lines
}
