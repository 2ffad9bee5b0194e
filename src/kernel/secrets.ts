// What a secret is.

/** Secrets by their environment name; never logged, never printed. */
export type Secrets = Readonly<Record<string, string>>

/** A secret that is missing, or is not what it should be. */
export interface SecretProblem {
  /** Where the configuration names it, such as `ops.token`; else its own name. */
  place: string
  /** Begins with the secret's name, and may say what to do in further sentences; never the secret itself. */
  text: string
}

export const secretProblemLine = ({ place, text }: SecretProblem): string =>
  text.startsWith(`${place} `) ? text : `${place}: ${text}`
