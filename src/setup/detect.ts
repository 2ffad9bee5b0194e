// Finds out what an import's path is: the predecessor's folder, a hermes config.toml or an rly config.yaml.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { messageOf, UsageError } from '../kernel/errors.ts'
import { PREDECESSOR_CODE, PREDECESSOR_FILES } from './predecessor.ts'

export type ImportSource =
  | { kind: 'predecessor'; path: string; texts: Map<string, string> }
  | { kind: 'hermes' | 'rly'; path: string; text: string }

/** No configuration is larger; a larger file is something else. */
const LARGEST_BYTES = 8 * 1024 * 1024

/** Where hermes and rly keep their configuration in their home. */
const HOMES = [
  ['hermes', 'config.toml'],
  ['rly', join('config', 'config.yaml')],
  ['rly', 'config.yaml'],
] as const

/**
 * Reads what is at a path. A folder is looked into.
 * @throws {UsageError} when there is nothing that can be imported, or it cannot be read
 */
export function readSource(given: string): ImportSource {
  const path = resolve(given)
  if (!existsSync(path)) throw new UsageError(`There is nothing at ${path}.`)
  if (statSync(path).isDirectory()) return readFolder(path)
  if (path.endsWith('.toml')) return { kind: 'hermes', path, text: readText(path) }
  if (/\.ya?ml$/.test(path)) return { kind: 'rly', path, text: readText(path) }
  if ((PREDECESSOR_FILES as readonly string[]).includes(basename(path))) return readFolder(dirname(path))
  throw new UsageError(
    `${path} is not a folder of the predecessor, a hermes config.toml or an rly config.yaml.`,
  )
}

function readFolder(path: string): ImportSource {
  const files = PREDECESSOR_FILES.filter((file) => existsSync(join(path, file)))
  if (files.some((file) => file.endsWith('.py'))) {
    return {
      kind: 'predecessor',
      path,
      texts: new Map(
        [...files, ...PREDECESSOR_CODE.filter((file) => existsSync(join(path, file)))].map((file) => [
          file,
          readText(join(path, file)),
        ]),
      ),
    }
  }
  for (const [kind, file] of HOMES) {
    const inside = join(path, file)
    if (existsSync(inside)) return { kind, path: inside, text: readText(inside) }
  }
  throw new UsageError(
    `${path} has none of the files that can be imported: ${PREDECESSOR_FILES.slice(0, 4).join(', ')} of the predecessor, config.toml of hermes, config.yaml of rly.`,
  )
}

/**
 * Reads a text file.
 * @throws {UsageError} when it cannot be read, or is too large to be a configuration
 */
export function readText(path: string): string {
  try {
    if (statSync(path).size > LARGEST_BYTES)
      throw new UsageError(`${path} is too large to be a configuration.`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}`)
  }
}
