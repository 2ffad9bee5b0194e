// Packs a folder of recordings into test/fixtures/recordings/: `node --import tsx sandbox/replay/pack.ts <folder>`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { type Packed, RECORDED_VERSIONS, RECORDINGS_FOLDER } from './recordings.ts'

/**
 * Packs every recording below `folder` (one subfolder per version, one JSON file per recording). Returns the size
 * of each packed file in bytes. Nothing is left out: the lists repeat themselves so much that all of it is small.
 */
export function packRecordings(
  folder: string,
  target = fileURLToPath(RECORDINGS_FOLDER),
): Map<string, number> {
  mkdirSync(target, { recursive: true })
  const sizes = new Map<string, number>()
  for (const version of RECORDED_VERSIONS) {
    const packed: Packed = { version, recordings: {} }
    for (const file of readdirSync(join(folder, version)).sort()) {
      if (!file.endsWith('.json')) continue
      packed.recordings[file.slice(0, -5)] = JSON.parse(readFileSync(join(folder, version, file), 'utf8'))
    }
    const bytes = Buffer.from(JSON.stringify(packed))
    const small = brotliCompressSync(bytes, {
      params: {
        // The window has to span whole lists, or their repetitions are not seen.
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    })
    writeFileSync(join(target, `${version}.json.br`), small)
    sizes.set(version, small.length)
  }
  return sizes
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2)
  if (!folder) {
    console.error('usage: node --import tsx sandbox/replay/pack.ts <folder with one subfolder per version>')
    process.exit(2)
  }
  for (const [version, size] of packRecordings(folder)) console.log(`${version}  ${size} bytes`)
}
