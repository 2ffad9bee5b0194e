// Discord's limits in characters, as the documentation of its API states them (pure).

/** Counted here in UTF-16 units, which are never fewer than Discord's. */
export const LIMIT = {
  content: 2000,
  embeds: 10,
  /** Over all embeds of a message. */
  embedsTotal: 6000,
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  files: 10,
  /** The id of a button. */
  customId: 100,
  /** Users, and roles, that one message may ping. */
  tags: 100,
} as const

/** An empty name or value is refused; this one looks empty. */
export const BLANK = '\u200b'

interface Sized {
  title?: string
  description?: string
  fields?: readonly { name: string; value: string }[]
  footer?: { text: string }
}

/** How much of `LIMIT.embedsTotal` an embed takes. */
export function embedSize({ title, description, fields, footer }: Sized): number {
  const inFields = (fields ?? []).reduce((sum, { name, value }) => sum + name.length + value.length, 0)
  return (title?.length ?? 0) + (description?.length ?? 0) + inFields + (footer?.text.length ?? 0)
}
