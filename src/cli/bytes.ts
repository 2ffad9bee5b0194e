// Sizes for people: "812 kB", "3.4 MB".

/** A number of bytes in decimal units, rounded down to three digits. */
export function bytesText(bytes: number): string {
  for (const [size, unit] of [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const) {
    if (bytes < size) continue
    const value = bytes / size
    const scale = value < 10 ? 100 : value < 100 ? 10 : 1
    return `${Math.floor(value * scale) / scale} ${unit}`
  }
  return `${bytes} bytes`
}
