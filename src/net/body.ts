// The body of an answer as it comes: unpacked where it is compressed, up to a cap, and as text without a byte order mark.

import type { IncomingHttpHeaders } from 'node:http'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { decodeText } from '../kernel/decode.ts'

/** A body that cannot be unpacked; the message says so in words. */
export class NotUnpacked extends Error {
  override name = 'NotUnpacked'
}

export type Body = ReturnType<typeof createBody>

/** By their names in `Content-Encoding`. "deflate" stands for two formats: with zlib's head, as it should, and without. */
const UNPACKERS: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (first) => ((first[0]! & 0x0f) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
}

/** Some servers say nothing of it: no text begins with these two. */
const isGzip = (first: Buffer) => first[0] === 0x1f && first[1] === 0x8b

/** Some name a compression that is none, or was undone on the way. */
const isPlain = (first: Buffer) => /^[\s\uFEFF]*([[{<]|$)/.test(first.toString())

/** How a body that begins so is packed; null: not at all. */
function packedBy(said: string, first: Buffer): string | null {
  // What these two make has no mark of its own.
  if (said === 'deflate' || said === 'br') return said
  if (isGzip(first)) return 'gzip'
  return said === '' || said === 'identity' || isPlain(first) ? null : said
}

/** Compression is never asked for, and read all the same. `done` is called once, with null when the body is whole. */
export function createBody(
  headers: IncomingHttpHeaders,
  mostBytes: number,
  done: (broken: null | 'too big' | NotUnpacked) => void,
) {
  const said = String(headers['content-encoding'] ?? '')
    .trim()
    .toLowerCase()
  const chunks: Buffer[] = []
  let cameBytes = 0
  let bytes = 0
  /** Undefined before the first chunk, null where nothing is to be unpacked. */
  let unpacker: Transform | null | undefined

  function take(chunk: Buffer): void {
    if (bytes > mostBytes) return
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > mostBytes) done('too big')
  }

  function begin(first: Buffer): Transform | null {
    const name = packedBy(said, first)
    if (name === null) return null
    const open = Object.hasOwn(UNPACKERS, name) ? UNPACKERS[name]! : null
    if (open === null) {
      const shown = /^[\w-]{1,20}$/.test(name) ? ` (${name})` : ''
      done(new NotUnpacked(`answer is compressed in a way that was not asked for${shown}`))
      return null
    }
    return open(first)
      .on('data', take)
      .on('end', () => done(null))
      .on('error', () => done(new NotUnpacked(`damaged ${name}`)))
  }

  return {
    write(chunk: Buffer): void {
      if (unpacker === undefined) unpacker = begin(chunk)
      cameBytes += chunk.length
      if (unpacker === null) take(chunk)
      else if (cameBytes > mostBytes) done('too big')
      else unpacker.write(chunk)
    },
    /** Everything has come. */
    end: () => void (unpacker ? unpacker.end() : done(null)),
    /** Nothing more is wanted. */
    stop: () => void unpacker?.destroy(),
    /** What is there so far, the cap at most. */
    text(): string {
      const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      return decodeText(whole.subarray(0, mostBytes))
    },
  }
}
