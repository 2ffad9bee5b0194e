// The doctor's look at `ops`: its secrets, and whether its port is free, or the bot's own. No ping is sent: it would be missed less.
import { createServer } from 'node:net'
import type { Settings } from '../../config/index.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { type ListenAddress, opsSecretProblems } from '../../ops/settings.ts'
import { userOf } from '../../storage/inspect.ts'
import { about, type Finding } from './findings.ts'

const { ok, wrong } = about('machine')

export async function lookAtOps({ ops }: Settings, secrets: Secrets, data: string): Promise<Finding[]> {
  const { secret } = about('configuration')
  const mend = 'Set it; without it the bot does not start.'
  const problems = opsSecretProblems(ops, secrets).map((one) => secret(one, mend))
  const place = ops.ping && problems.every(({ subject }) => subject !== 'ops.ping.secret')
  const ping = place ? [ok('ops.ping', `the address in ${ops.ping!.secret} is one; it was not called`)] : []
  return [...problems, ...(ops.listen ? [await portFinding(ops.listen, data)] : []), ...ping]
}

async function portFinding({ host, port }: ListenAddress, data: string): Promise<Finding> {
  const code = await listenProblem(host, port)
  if (code === null) return ok('ops.listen', `${host} port ${port} is free`)
  const pid = userOf(data)
  if (code === 'EADDRINUSE' && pid !== null)
    return ok('ops.listen', `${host} port ${port} is taken, and the bot runs (process ${pid})`)
  const text =
    code === 'EADDRINUSE'
      ? `another program uses port ${port} of ${host}`
      : `${host} port ${port} cannot be listened on (${code})`
  return wrong('ops.listen', text, 'Write another port, or an address that this machine has, in ops.listen.')
}

/** Why nothing can be served there, as the system calls it; null: it can. */
const listenProblem = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer()
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message))
    server.listen({ host, port }, () => server.close(() => resolve(null)))
  })
