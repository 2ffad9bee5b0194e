// The doctor's look at the configuration: every problem of the file, the secrets beside it, the addresses in it.
import { existsSync, statSync } from 'node:fs'
import { mineAloneText } from '../../chains/called.ts'
import { chainNames } from '../../chains/names.ts'
import { registryById } from '../../chains/registry.ts'
import { registryAsset } from '../../chains/registry-assets.ts'
import { withEndpointSecrets } from '../../config/endpoint-secrets.ts'
import { loadConfig, type Settings } from '../../config/index.ts'
import { envDoubts, envFileOf, loadSecrets, secretNames } from '../../config/secrets.ts'
import { addressProblemText, decodeAddress, sameAccount } from '../../kernel/address.ts'
import { parseAmount } from '../../kernel/amount.ts'
import { messageOf, UsageError } from '../../kernel/errors.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { contractProblem } from '../../wallets/tokens.ts'
import { about, type Finding, sentence } from './findings.ts'

const { ok, warning, wrong, secret } = about('configuration')

/**
 * Loads the configuration and its secrets as `start` does; what that throws are findings here, and `settings` is null
 * then.
 */
export async function lookAtConfig(
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<{ findings: Finding[]; settings: Settings | null; secrets: Secrets }> {
  let settings: Settings
  try {
    settings = await loadConfig(file)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { findings: problemFindings(file, error.message), settings: null, secrets: {} }
  }
  const count = settings.chains.length + settings.undecided.length
  const names = chainNames({ chains: [...settings.chains, ...settings.undecided.map(({ said }) => said)] })
  const read = ok(file, count === 0 ? 'no chains' : `${count} ${count === 1 ? 'chain' : 'chains'}: ${names}`)
  const alone = mineAloneText(settings.chains)
  const findings = [
    count > 0 || settings.unwatched.length === 0
      ? read
      : wrong(file, 'none of its chains can be watched', 'See below.'),
    ...settings.unwatched.map((one) =>
      wrong(one.place, `${one.chainId} is not watched: ${one.reason}`, sentence(one.mend)),
    ),
    ...settings.doubts.map(({ place, reason, mend }) => warning(place, reason, sentence(mend))),
    ...aboutFindings(settings),
    ...(alone === null ? [] : [ok('mentions', alone)]),
    ...walletFindings(settings),
    ...(await tokenFindings(settings)),
  ]
  const secrets = secretsOf(settings, env, file, findings)
  for (const { variable, doubt } of envDoubts(secretNames(settings), env, file))
    findings.push((doubt.isCut ? wrong : warning)(variable, doubt.reason, doubt.mend))
  const keyed = withEndpointSecrets(settings, secrets)
  findings.push(...keyed.problems.map((one) => secret(one, `Correct ${one.place}.`)))
  return { findings: [...findings, ...envFindings(file)], settings: keyed.settings, secrets }
}

/** One finding for each problem: a line `chains[2].rest[0]: not a URL` in the message. */
function problemFindings(file: string, message: string): Finding[] {
  const mend = `Correct it in ${file}; config.example.ts shows everything that can be set.`
  const lines = message.split('\n')
  const problems = lines.filter((line) => line.startsWith('  ')).map((line) => line.trim())
  if (!existsSync(file)) {
    const make = 'Make it: ibc-monitor init CHAIN…, or ibc-monitor import PATH, or copy config.example.ts.'
    return [wrong(file, 'there is no such file', make)]
  }
  if (problems.length === 0) return [wrong(file, lines.join(' '), mend)]
  return problems.map((line) => {
    const [path = file, ...text] = line.split(': ')
    return text.length === 0 ? wrong(file, line, mend) : wrong(path, text.join(': '), mend)
  })
}

/** One by one: a file that cannot be read hides none of the others. */
function secretsOf(settings: Settings, env: NodeJS.ProcessEnv, file: string, findings: Finding[]): Secrets {
  const secrets: Record<string, string> = {}
  for (const name of secretNames(settings)) {
    try {
      Object.assign(secrets, loadSecrets([name], env, file))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      const mend = `Correct ${name}_FILE, or let this user read the file that it names.`
      findings.push(wrong(name, messageOf(error), mend))
    }
  }
  return secrets
}

function envFindings(file: string): Finding[] {
  const path = envFileOf(file)
  if (!existsSync(path)) return []
  if ((statSync(path).mode & 0o077) === 0) return [ok('.env', 'only its owner can read it')]
  const text = 'others on this machine can read it, and it holds the token'
  return [warning('.env', text, `Run: chmod 600 ${path}`)]
}

/** `import` leaves it so where it could not look up what a relayer's filter allows. */
function aboutFindings({ chains }: Settings): Finding[] {
  const text = "empty, and `alerts.about` is 'mine': only what other chains' `mine` reaches is alerted about"
  const isSilent = ({ alerts, connections, mine }: Settings['chains'][number]) =>
    alerts.about === 'mine' && connections === 'all' && mine.length === 0
  return chains.filter(isSilent).map(({ place }) => {
    const mend = `Fill in connection or client ids, or write alerts: { about: 'live' } in ${place}.`
    return warning(`${place}.mine`, text, mend)
  })
}

function walletFindings({ chains }: Settings): Finding[] {
  return chains.flatMap((chain) =>
    chain.wallets.flatMap(({ address }, at) => {
      const path = `${chain.place}.wallets[${at}].address`
      const decoded = decodeAddress(address)
      if (!decoded.ok) {
        const problem = addressProblemText(decoded.reason, address, [chain.prefix])
        return wrong(path, problem, `Correct the address in ${path}.`)
      }
      if (chain.prefix === null || decoded.prefix === chain.prefix) return []
      const text = `an address of ${decoded.prefix}…, but ${chain.name} has addresses of ${chain.prefix}…`
      const same = sameAccount(decoded, chain.prefix)
      const form = same === null ? '' : ` (the account of the same bytes is ${same.text})`
      return wrong(path, text, `Correct the address in ${path}${form}, or the chain that it stands under.`)
    }),
  )
}

/**
 * Wallets of tokens that cannot be watched, and those that are not told in which token to count where fees are paid in
 * another than is staked: versions before took what is staked, and `init` wrote it as the chain's `token`.
 */
async function tokenFindings({ chains }: Settings): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { chainId, place, token, wallets } of chains) {
    const known = wallets.length === 0 ? null : await registryById(chainId)
    for (const [at, { denom, threshold }] of wallets.entries()) {
      const path = `${place}.wallets[${at}]`
      const meant = denom ?? token?.denom
      const problem = meant && contractProblem(meant, await registryAsset(chainId, meant))
      if (problem)
        findings.push(wrong(`${path}.denom`, problem, `Name a token of the bank in ${path}.denom.`))
      const { token: paid, stakingToken: staked } = known ?? {}
      if (denom !== undefined || !token || !paid || !staked || paid.denom === staked.denom) continue
      const named = ({ symbol, denom }: typeof token) => `${symbol} (${denom})`
      const isPaid = token.denom === paid.denom
      const text = isPaid
        ? `none, so it is watched for ${named(paid)}, which fees are paid in; versions before took ${named(staked)}`
        : `none, so it is watched for ${named(token)}, the chain's \`token\`; fees are paid in ${named(paid)}`
      const mend = `Write it: '${paid.denom}' for the fees, or '${staked.denom}' as before.`
      if (isPaid || token.denom === staked.denom) findings.push(warning(`${path}.denom`, text, mend))
      if (parseAmount(threshold, token.decimals) === null) {
        const text = `${threshold} ${token.symbol} has more than its ${token.decimals} decimals: not watched`
        findings.push(wrong(`${path}.threshold`, text, `Correct it, or write another denom: ${path}.denom.`))
      }
    }
  }
  return findings
}
