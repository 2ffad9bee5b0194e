// What Discord accepts as a message's components: rows of buttons and selects, or components of version 2.
import { z } from 'zod'
import { find, lengthOf, sized, text, url } from './form.ts'
import type { Component } from './types.ts'

const MOST_ROWS = 5
const MOST_IN_A_ROW = 5
const MOST_V2_COMPONENTS = 40
const MOST_V2_TEXT = 4000
const LINK = 5
const PREMIUM = 6

const button = z
  .object({
    type: z.literal(2),
    style: z.int().min(1).max(6),
    label: text(80).nullish(),
    custom_id: sized(1, 100).nullish(),
    url: url(512, ['http', 'https', 'discord']).nullish(),
    disabled: z.boolean().nullish(),
    emoji: z.unknown().optional(),
    sku_id: z.unknown().optional(),
  })
  .superRefine((one, ctx) => {
    const missing = (field: string) => find(ctx, 'BASE_TYPE_REQUIRED', 'This field is required', [field])
    if (one.style === PREMIUM) return
    if (one.style === LINK) {
      if (!one.url) missing('url')
      if (one.custom_id) {
        find(
          ctx,
          'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
          'A custom id and url cannot both be specified',
        )
      }
    } else {
      if (!one.custom_id) missing('custom_id')
      if (one.url) {
        find(
          ctx,
          'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
          'A custom id and url cannot both be specified',
        )
      }
    }
    if (!one.label && !one.emoji) missing('label')
  })

const selectFields = {
  custom_id: sized(1, 100),
  placeholder: text(150).nullish(),
  min_values: z.int().min(0).max(25).nullish(),
  max_values: z.int().min(1).max(25).nullish(),
  disabled: z.boolean().nullish(),
}

const stringSelect = z
  .object({
    type: z.literal(3),
    ...selectFields,
    options: z
      .array(
        z.object({
          label: sized(1, 100),
          value: sized(1, 100),
          description: text(100).nullish(),
          emoji: z.unknown().optional(),
          default: z.boolean().nullish(),
        }),
      )
      .superRefine((options, ctx) => badLength(options, 25, ctx)),
  })
  .superRefine(({ options }, ctx) => {
    const seen = new Set<string>()
    for (const [index, { value }] of options.entries()) {
      if (seen.has(value)) {
        const at = ['options', index, 'value']
        find(
          ctx,
          'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
          'The specified option value is already used',
          at,
        )
      }
      seen.add(value)
    }
  })

const otherSelect = <T extends number>(type: T) => z.object({ type: z.literal(type), ...selectFields })

const row = z.object({
  type: z.literal(1),
  components: z
    .array(
      z.discriminatedUnion('type', [
        button,
        stringSelect,
        otherSelect(5),
        otherSelect(6),
        otherSelect(7),
        otherSelect(8),
      ]),
    )
    .superRefine((components, ctx) => {
      badLength(components, MOST_IN_A_ROW, ctx)
      const width = (one: { type: number }) => (one.type === 2 ? 1 : MOST_IN_A_ROW)
      let used = 0
      for (const [index, one] of components.entries()) {
        used += width(one)
        if (used > MOST_IN_A_ROW && components.some((other) => other.type !== 2)) {
          const message = 'The specified component exceeds the maximum width'
          find(ctx, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message, [index])
        }
      }
    }),
})

/** Components of a plain message: up to five rows. */
export const rows = z
  .array(z.discriminatedUnion('type', [row]))
  .superRefine((list, ctx) => {
    if (list.length > 0) badLength(list, MOST_ROWS, ctx)
    uniqueIds(list as Component[], ctx)
  })
  .transform((list) => list as Component[])

/** Components of a message with the flag for version 2: only their number, text and ids are checked. */
export const v2Components = z
  .array(z.looseObject({ type: z.int() }))
  .superRefine((list, ctx) => {
    const all = flat(list as Component[])
    const textSize = all.reduce((sum, one) => sum + lengthOf(one.content ?? ''), 0)
    if (all.length > MOST_V2_COMPONENTS) {
      const message = `The total number of components must be at most ${MOST_V2_COMPONENTS}`
      find(ctx, 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', message)
    }
    if (textSize > MOST_V2_TEXT) {
      const message = `The total displayable text size exceeds the maximum size of ${MOST_V2_TEXT}`
      find(ctx, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message)
    }
    uniqueIds(list as Component[], ctx)
  })
  .transform((list) => list as unknown as Component[])

/** Every component of a tree. */
export function flat(list: readonly Component[]): Component[] {
  return list.flatMap((one) => [one, ...flat(one.components ?? [])])
}

/** Whether using the component would call an application: selects, and buttons that are no links. */
export function isInteractive(one: Component): boolean {
  return (one.type === 2 && one.style !== LINK && one.style !== PREMIUM) || (one.type >= 3 && one.type <= 8)
}

/** What is left when interactive components are dropped; rows that become empty go too. */
export function withoutInteractive(list: readonly Component[]): Component[] {
  return list
    .filter((one) => !isInteractive(one))
    .map((one) => (one.components ? { ...one, components: withoutInteractive(one.components) } : one))
    .filter((one) => one.type !== 1 || (one.components?.length ?? 0) > 0)
}

type Context = Parameters<typeof find>[0]

function badLength(list: readonly unknown[], max: number, ctx: Context): void {
  if (list.length >= 1 && list.length <= max) return
  find(ctx, 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${max} in length.`)
}

function uniqueIds(list: readonly Component[], ctx: Context): void {
  const seen = new Set<string>()
  const walk = (components: readonly Component[], path: (string | number)[]) => {
    for (const [index, one] of components.entries()) {
      const at = [...path, index]
      if (one.custom_id) {
        if (seen.has(one.custom_id)) {
          const message = 'Component custom id cannot be duplicated'
          find(ctx, 'COMPONENT_CUSTOM_ID_DUPLICATED', message, [...at, 'custom_id'])
        }
        seen.add(one.custom_id)
      }
      walk(one.components ?? [], [...at, 'components'])
    }
  }
  walk(list, [])
}
