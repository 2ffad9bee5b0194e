// The installed service as systemd knows it: where its configuration, its database and its secrets are.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readBySystemd } from '../config/env-file.ts'
import { messageOf, UsageError } from '../kernel/errors.ts'

export interface Service {
  config: string
  data: string
  /** What the service sees, and of `env` what concerns the terminal. */
  env: NodeJS.ProcessEnv
}

const OF_TERMINAL = ['PATH', 'HOME', 'TERM', 'NO_COLOR']

/**
 * The unit ibc-monitor, or ibc-monitor@`name`.
 * @throws {UsageError} where there is none, or this user may not read its secrets
 */
export function findService(name: string | null, env: NodeJS.ProcessEnv): Service {
  const unit = name === null ? 'ibc-monitor' : `ibc-monitor@${name}`
  const ask = (...args: string[]) => {
    try {
      return execFileSync('systemctl', [...args, unit], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    } catch (error) {
      throw new UsageError(`There is no service ${unit} on this machine (${messageOf(error)}).`)
    }
  }
  return serviceOf(ask('cat'), ask('show', '-p', 'ExecStart,Environment,EnvironmentFiles'), {
    unit,
    name,
    env,
  })
}

/** Pure but for the files of secrets. `written`: `systemctl cat`; `shown`: `systemctl show`. */
export function serviceOf(
  written: string,
  shown: string,
  { unit, name, env }: { unit: string; name: string | null; env: NodeJS.ProcessEnv },
): Service {
  const property = (key: string) => shown.split('\n').filter((line) => line.startsWith(`${key}=`))
  const [exec = ''] = property('ExecStart')
  const option = (key: string) => new RegExp(`--${key}[ =](\\S+)`).exec(exec)?.[1]
  const [config, data] = [option('config'), option('data')]
  if (!config || !data)
    throw new UsageError(
      `The service ${unit} names no --config and --data in its ExecStart=: name them here.`,
    )
  const words = property('Environment').flatMap((line) => line.slice('Environment='.length).match(WORD) ?? [])
  const set = readBySystemd(words.map((word) => word.replace(/^"(.*?)=(.*)"$/s, '$1="$2"')).join('\n'))
  const files = property('EnvironmentFiles').map(
    (line) => /^\w+=(.*?)(?: \(ignore_errors=(\w+)\))?$/.exec(line)!,
  )
  for (const [, file, mayLack] of files) {
    try {
      for (const [key, value] of readBySystemd(readFileSync(file!, 'utf8'))) set.set(key, value)
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (isGone && mayLack === 'yes') continue
      throw new UsageError(`The service's secrets cannot be read: ${messageOf(error)}. Use sudo.`)
    }
  }
  // systemctl does not show these.
  for (const [, key, file] of written.matchAll(/^LoadCredential=([^:\s]+):(\S+)/gm))
    set.set(`${key}_FILE`, file!.replaceAll('%i', name ?? ''))
  const own = OF_TERMINAL.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]]))
  return { config, data, env: { ...Object.fromEntries(own), ...Object.fromEntries(set) } }
}

/** One assignment of `Environment=`, in quotes or without. */
const WORD = /"(?:\\.|[^"\\])*"|\S+/g
