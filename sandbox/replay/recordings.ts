// The recordings of real chains, packed one file per version of ibc-go, and how to get at one of them.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

/** The versions of ibc-go that were recorded. */
export const RECORDED_VERSIONS = ['v6.3.1', 'v7.10.0', 'v8.8.0', 'v10.7.0', 'v11.2.0'] as const
export type RecordedVersion = (typeof RECORDED_VERSIONS)[number]

/** The versions of which a whole sweep was recorded. */
export const SWEPT_VERSIONS = ['v6.3.1', 'v8.8.0', 'v11.2.0'] as const satisfies readonly RecordedVersion[]

/** One request and its answer; `body` is the text as it came. */
export interface Recorded {
  request: { method: string; path: string; headers: Record<string, string>; body?: string }
  status: number
  headers: Record<string, string>
  body: string
}

/** What a packed file holds: each recording by its name, without `.json`. */
export interface Packed {
  version: string
  recordings: Record<string, unknown>
}

/** Where the packed files are. */
export const RECORDINGS_FOLDER = new URL('../../test/fixtures/recordings/', import.meta.url)

/** All recordings of one version. */
export class Recordings {
  readonly version: RecordedVersion
  readonly #all: Record<string, unknown>

  constructor(version: RecordedVersion, packed: Packed) {
    this.version = version
    this.#all = packed.recordings
  }

  /** The names, sorted; those that begin with `prefix`. */
  names(prefix = ''): string[] {
    return Object.keys(this.#all)
      .filter((name) => name.startsWith(prefix))
      .sort()
  }

  has(name: string): boolean {
    return name in this.#all
  }

  /**
   * A recording as it is in its file.
   * @throws when this version has none of that name
   */
  raw<T>(name: string): T {
    if (!this.has(name)) throw new Error(`${this.version} has no recording ${name}`)
    return this.#all[name] as T
  }

  /** A single request. */
  one(name: string): Recorded {
    return this.raw<Recorded>(name)
  }

  /** The requests of a `seq-…`, or the single one under that name. */
  sequence(name: string): Recorded[] {
    const found = this.raw<Recorded | { sequence: Recorded[] }>(name)
    return 'sequence' in found ? found.sequence : [found]
  }

  /** The parsed body of a single request. */
  body<T>(name: string): T {
    return JSON.parse(this.one(name).body) as T
  }
}

/** Reads the packed recordings of a version (some 15 ms). */
export function loadRecordings(version: RecordedVersion): Recordings {
  const bytes = readFileSync(new URL(`${version}.json.br`, RECORDINGS_FOLDER))
  return new Recordings(version, JSON.parse(brotliDecompressSync(bytes).toString()) as Packed)
}
