// What a secret is.

/** Secrets by their environment name; never logged, never printed. */
export type Secrets = Readonly<Record<string, string>>
