/** One row of the catalogue. `{name}` in a text is replaced by the parameter of that name. */
export interface CatalogEntry {
  /** The HTTP status that the error answers with. */
  readonly status: number
  /** A sentence for whoever made the mistake. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}
