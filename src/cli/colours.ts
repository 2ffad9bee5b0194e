// Colours for a terminal; whether they are wanted says `wantsColour`, which knows the stream.
import { styleText } from 'node:util'

const STYLES = [
  ...(['bold', 'dim', 'underline', 'inverse', 'strikethrough', 'bgYellow', 'black', 'red', 'green'] as const),
  ...(['yellow', 'blue', 'magenta', 'cyan', 'gray'] as const),
] as const

export type Colours = Record<(typeof STYLES)[number], (text: string) => string> & { wanted: boolean }

/** Each style as a function; where colours are not wanted, it changes nothing. */
export function createColours(wanted: boolean): Colours {
  const paints = STYLES.map((style) => [
    style,
    (text: string) => (wanted ? styleText(style, text, { validateStream: false }) : text),
  ])
  return { wanted, ...Object.fromEntries(paints) }
}
