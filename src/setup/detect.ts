// Finds what an import's path is, the predecessor's folder or a tool's file, and reads it as text.

import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { decodeText } from '../kernel/decode.ts'
import { messageOf, UsageError } from '../kernel/errors.ts'
import { PREDECESSOR_CODE, PREDECESSOR_FILES } from './predecessor.ts'

export type ImportSource =
  | { kind: 'predecessor'; path: string; texts: Map<string, string>; unread: string[] }
  | { kind: 'file'; path: string; text: string }

/** No configuration is larger; a larger file is something else. */
const LARGEST_BYTES = 8 * 1024 * 1024

/** Where tools keep their configuration in their folder. */
const HOMES = ['config.toml', 'config/config.yaml', 'config.yaml', 'config.yml', 'config/config.toml']

/**
 * Reads what is at a path. A folder is looked into.
 * @throws {UsageError} when there is nothing that can be imported, or it cannot be read
 */
export function readSource(given: string): ImportSource {
  const path = resolve(given)
  if (!existsSync(path)) throw new UsageError(`There is nothing at ${path}.`)
  if (statSync(path).isDirectory()) return readFolder(path)
  const ofPredecessor: readonly string[] = [...PREDECESSOR_FILES, ...PREDECESSOR_CODE]
  if (ofPredecessor.includes(basename(path))) return readFolder(dirname(path))
  return { kind: 'file', path, text: readText(path) }
}

function readFolder(path: string): ImportSource {
  // By its list of names: a link that leads nowhere is one that cannot be read.
  const there = new Set<string>(readdirSync(path))
  const files = PREDECESSOR_FILES.filter((file) => there.has(file))
  if (files.some((file) => file.endsWith('.py'))) {
    return {
      kind: 'predecessor',
      path,
      ...readEach(path, [...files, ...PREDECESSOR_CODE.filter((file) => there.has(file))]),
    }
  }
  const inside = HOMES.map((file) => join(path, file)).find((file) => existsSync(file))
  if (inside !== undefined) return { kind: 'file', path: inside, text: readText(inside) }
  throw new UsageError(
    `${path} has none of the files that can be imported: ${PREDECESSOR_FILES.slice(0, 4).join(', ')} of the predecessor, config.toml of hermes, config.yaml of rly. A file of another name is imported by its own path.`,
  )
}

/** One file that cannot be read costs what is in it, and no other. */
function readEach(path: string, files: readonly string[]): { texts: Map<string, string>; unread: string[] } {
  const texts = new Map<string, string>()
  const unread: string[] = []
  for (const file of files) {
    try {
      texts.set(file, readText(join(path, file)))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      unread.push(error.message)
    }
  }
  return { texts, unread }
}

/**
 * Reads a text file: UTF-8, or UTF-16 by its byte order mark.
 * @throws {UsageError} when it cannot be read, is empty, is no text, or is too large to be a configuration
 */
function readText(path: string): string {
  const text = readList(path)
  if (text.trim() === '') throw new UsageError(`${path} is empty.`)
  return text
}

/** The same for what a command printed, which may be nothing. */
export function readList(path: string): string {
  const text = decodeText(bytesOf(path))
  if (text.includes('\0')) throw new UsageError(`${path} is not text in UTF-8: save it as UTF-8.`)
  return text
}

function bytesOf(path: string): Buffer {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new UsageError(`${path} is a folder: name a file in it.`)
    // A named pipe may never be written to; one that the shell opened, as of `<(…)`, is.
    if (!stat.isFile() && !(stat.isFIFO() && /^\/dev\/(fd\/\d+|stdin)$/.test(path)))
      throw new UsageError(`${path} is a pipe or a device: save what comes out as a file.`)
    const bytes = firstBytes(path, LARGEST_BYTES + 1)
    if (bytes.length > LARGEST_BYTES) throw new UsageError(`${path} is too large to be a configuration.`)
    return bytes
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}`)
  }
}

function firstBytes(path: string, most: number): Buffer {
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(most)
    let length = 0
    for (let read = -1; read !== 0 && length < most; length += read)
      read = readSync(fd, bytes, length, most - length, null)
    return bytes.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}
