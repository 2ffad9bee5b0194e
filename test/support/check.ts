// `check`: as a process, of two chains of which one can be broken; and of a world without one.
import { pino } from 'pino'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { look } from '../../src/cli/check.ts'
import { type ClientReport, exitCode } from '../../src/cli/check-report.ts'
import type { Outside } from './bot-process.ts'
import type { TestWorld } from './world.ts'

const DAY = 86_400_000
const PERIOD = 14 * DAY

/** On `alpha-1` a client in use that has expired, and a stranger's that has too; `beta-1` has one client. */
export function build(chains: ChainWorld): void {
  for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId, version: 'v10' })
  const b = { trustingPeriodMs: 1000 * DAY }
  chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD, a: { ageMs: 2 * PERIOD }, b })
  chains.createClient('alpha-1', { tracks: 'gone-7', trustingPeriodMs: PERIOD, ageMs: 2 * PERIOD })
}

export async function check(world: Outside, ...args: string[]) {
  const run = world.run('check', '--json', ...args)
  const code = await run.ended
  const report = run.out() === '' ? null : JSON.parse(run.out())
  return { code, report, err: run.err(), clients: (report?.clients ?? []) as ClientReport[] }
}

/** What `check` finds of `alpha-1` in a world, and its exit code with `--fail-on failOn`. */
export async function checked(world: TestWorld, failOn: Parameters<typeof exitCode>[2]) {
  const { chains } = world.settings
  const report = await look(chains, { clock: world.clock, logger: pino({ level: 'silent' }) })
  return {
    chain: report.chains[0]!,
    clients: report.clients.filter(({ hostChainId }) => hostChainId === 'alpha-1'),
    code: exitCode(report, chains, failOn),
  }
}
