// Numbers for people: digits in groups, counts with their noun, sizes (pure).

/** Digits in groups: `21,004,112`. */
export function grouped(number: bigint | number): string {
  return number.toLocaleString('en-US')
}

/** "1 open channel", "3 open channels" */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${plural(number, noun)}`
}

/** The noun for a number of things: "channel", "channels". */
export const plural = (number: number, noun: string): string => (number === 1 ? noun : `${noun}s`)

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

/** A share as whole percent, rounded down: `79 %`. */
export function percent(share: number): string {
  return `${Math.min(Math.floor(share * 100), 999)} %`
}
