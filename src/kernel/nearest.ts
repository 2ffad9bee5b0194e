// Which of some names somebody meant who typed another one (pure): one rule for the whole program.
import { distance } from 'fastest-levenshtein'

/** Upper case, spaces, dashes and underlines are forgiven: "Cosmos Hub" is `cosmoshub`. */
export const squeezed = (text: string): string => text.toLowerCase().replace(/[\s_-]+/g, '')

/** What is shorter than this is the start or a part of too many names. */
const SHORTEST_PART = 3

/** How many letters may be other ones, missing or too many: one in a short word, never more than three. */
const mostLetters = (typed: string): number =>
  typed.length < SHORTEST_PART ? 0 : Math.min(3, Math.max(1, Math.floor(typed.length / 4)))

/** How many letters are other ones, missing or too many; two neighbours that are swapped count as one. */
function letters(typed: string, name: string): number {
  const at = [...typed].findIndex((letter, index) => letter !== name[index])
  const swapped =
    typed.slice(0, at) +
    typed
      .slice(at, at + 2)
      .split('')
      .reverse()
      .join('') +
    typed.slice(at + 2)
  return at >= 0 && swapped === name ? 1 : distance(typed, name)
}

/**
 * How far a name is from what was typed: the same, then what begins so, then what holds it or is its beginning, then by
 * letters. Null: it is not near.
 */
function farness(typed: string, name: string): number | null {
  if (typed === name) return 0
  const [shorter, longer] = typed.length < name.length ? [typed, name] : [name, typed]
  const left = longer.length - shorter.length
  const isPart = shorter.length >= SHORTEST_PART && longer.includes(shorter)
  if (isPart && name.startsWith(typed)) return 1000 + left
  if (isPart && (shorter === typed || (typed.startsWith(name) && left <= name.length))) return 2000 + left
  const far = letters(typed, name)
  return far <= mostLetters(typed) && far < name.length ? 3000 + far : null
}

/**
 * Those of `items` one of whose names is near to what was typed: the nearest first, else in their order.
 * @param options.namesOf the names of an item; left out: the item itself
 * @param options.most how many letters may differ at all, however a name begins; left out: any number
 */
export function nearest<Item>(
  typed: string,
  items: readonly Item[],
  options: { namesOf?: (item: Item) => readonly string[]; most?: number } = {},
): Item[] {
  const { namesOf = (item) => [String(item)], most } = options
  const wanted = squeezed(typed.slice(0, 100))
  if (wanted === '') return []
  return items
    .flatMap((item) => {
      const far = namesOf(item).flatMap((name) => {
        const folded = squeezed(name)
        if (most !== undefined && letters(wanted, folded) > most) return []
        return farness(wanted, folded) ?? []
      })
      return far.length > 0 ? { item, far: Math.min(...far) } : []
    })
    .sort((a, b) => a.far - b.far)
    .map(({ item }) => item)
}
