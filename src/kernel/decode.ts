// The text in the bytes of a file or an answer, and in a part of a URL.

/** UTF-8, or UTF-16 where a byte order mark says so; the mark itself is no text. */
export function decodeText(bytes: Uint8Array): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex')
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

/** A part of a URL without its percent signs; as it stands where they are none (`100%`). */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
