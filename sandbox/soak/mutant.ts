// A defect to put back into a copy of the program: text that stands once in a file of src, and what stands there then.
export interface Mutant {
  name: string
  /** The point of issue 20 that it undoes. */
  point?: string
  file: string
  from: string
  to: string
  /** The misfortunes that bring it out, so that few seeds do; left out: a random part of all. */
  only?: string[]
}
