// Which of some names somebody meant who typed another one (pure).
import { distance } from 'fastest-levenshtein'

interface Nearness<Item> {
  /** How many letters may be other ones, missing or too many; left out: any number. */
  most?: number
  ignoreCase?: boolean
  /** The name of an item; left out: the item itself. */
  nameOf?: (item: Item) => string
}

/** Those of `items` whose names are near to what was typed: the nearest first, else in their order. */
export function nearest<Item>(
  typed: string,
  items: readonly Item[],
  { most = Number.POSITIVE_INFINITY, ignoreCase = false, nameOf = String }: Nearness<Item> = {},
): Item[] {
  const folded = (text: string) => (ignoreCase ? text.toLowerCase() : text)
  return items
    .map((item) => ({ item, far: distance(folded(typed), folded(nameOf(item))) }))
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far)
    .map(({ item }) => item)
}
