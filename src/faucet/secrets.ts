// What is wrong with the secrets that faucets are called with: missing, or not to be sent in a header.
import type { SecretProblem, Secrets } from '../kernel/secrets.ts'
import type { FaucetSettings } from './schema.ts'

/**
 * Every problem with the secrets of these faucets, with where the configuration names it (`faucet.sender.token`), in
 * words that name the variable, never the secret; `secrets` by their environment name.
 */
export function secretProblems(settings: readonly FaucetSettings[], secrets: Secrets): SecretProblem[] {
  return settings.flatMap(({ sender: { token } }, index) => {
    if (token === null) return []
    const place = settings.length > 1 ? `faucet[${index}].sender.token` : 'faucet.sender.token'
    const secret = secrets[token]
    if (!secret) {
      const where = `put it into the environment, .env, a systemd credential, or ${token}_FILE`
      return [{ place, text: `${token} is not set; ${where}` }]
    }
    if (/^[\x21-\x7e]+$/.test(secret)) return []
    const what = 'holds spaces, line breaks or other characters that cannot be sent in a header'
    return [{ place, text: `${token} ${what}` }]
  })
}
