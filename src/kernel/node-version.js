// Whether a Node is one that package.json names: plain JavaScript that an older one reads too, in order to say so.
import { readFileSync } from 'node:fs'

/** `engines.node` of package.json: alternatives such as `^20.19` (of 20 alone) or `>=22.14`. */
const RANGE = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).engines.node

/**
 * One sentence on why `version` (as of `process.versions.node`) will not do and what will; null when it does.
 * @param {string} version
 * @param {string} [range]
 * @returns {string | null}
 */
export function nodeProblem(version, range = RANGE) {
  const [major = 0, minor = 0] = numbers(version)
  const alternatives = range.split('||').map((text) => {
    const [needMajor = 0, needMinor = 0] = numbers(text)
    return { alone: text.includes('^'), needMajor, needMinor }
  })
  const fits = alternatives.some(({ alone, needMajor, needMinor }) =>
    major === needMajor ? minor >= needMinor : major > needMajor && !alone,
  )
  if (fits) return null
  const words = alternatives.map(
    ({ alone, needMajor, needMinor }) =>
      `${needMajor}.${needMinor} or later${alone ? ` of Node ${needMajor}` : ''}`,
  )
  return `ibc-monitor needs Node ${words.reverse().join(', or ')}, and this is Node ${version}: install the current LTS version from https://nodejs.org.`
}

/** @param {string} text */
const numbers = (text) => (text.match(/\d+/g) || []).map(Number)
