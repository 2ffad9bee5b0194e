// The secrets in the headers of endpoints: which there are, and the settings with them in their places. Pure.
import type { ChainSettings } from '../chains/settings.ts'
import type { SecretHeader } from '../cosmos/endpoint-name.ts'
import type { SecretProblem, Secrets } from '../kernel/secrets.ts'
import type { Settings } from './index.ts'

/** The names of the secrets in the headers of endpoints. */
export function endpointSecretNames({ chains, undecided }: Pick<Settings, 'chains' | 'undecided'>): string[] {
  const endpoints = [...chains, ...undecided.map(({ said }) => said)].flatMap(({ rest }) => rest)
  return endpoints.flatMap(({ headers = {} }) => Object.values(headers).map(({ secret }) => secret))
}

/** The settings with the secrets of endpoints' headers in their places. Headers whose secret is missing are left out. */
export function withEndpointSecrets<Some extends Pick<Settings, 'chains' | 'undecided'>>(
  settings: Some,
  secrets: Secrets,
): { settings: Some; problems: SecretProblem[] } {
  const problems = new Map<string, SecretProblem>()
  const filled = (place: string, secret: string): SecretHeader => {
    const value = secrets[secret]
    const text =
      value === undefined
        ? `${secret} is missing or empty`
        : /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
          ? null
          : `${secret} holds characters that cannot stand in a header`
    if (text === null) return { secret, value }
    const mend = `Put the key into ${secret} in .env or the environment, on one line.`
    problems.set(place, { place, text: `${text}. ${mend}` })
    return { secret }
  }
  const keyed = (chain: ChainSettings): ChainSettings => ({
    ...chain,
    rest: chain.rest.map(({ headers, ...one }, at) => {
      if (headers === undefined) return one
      const values = Object.entries(headers).map(([name, { secret }]) => {
        return [name, filled(`${chain.place}.rest[${at}].headers.${name}`, secret)]
      })
      return { ...one, headers: Object.fromEntries(values) }
    }),
  })
  const chains = settings.chains.map(keyed)
  const undecided = settings.undecided.map(({ said, registry, place }) => {
    return { place, said: keyed(said), registry: keyed(registry) }
  })
  return { settings: { ...settings, chains, undecided }, problems: [...problems.values()] }
}
