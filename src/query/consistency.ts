/** How current the reads of a context have to be, and where its writes are noted: the consistency token, passed explicitly. */

/**
 * Positions are a store's own words for how far its writes have come: texts that only the store compares. A context without this, or one
 * whose reads may not lag, sees all that has been committed.
 */
export interface Consistency {
  /** Reads outside a transaction may be answered by a copy that lags behind, as long as it has everything up to `after`. */
  readonly mayLag: boolean
  /** The latest position that is known of the caller, what this context wrote included; null: none. Not validated. */
  readonly after: string | null
  /** Called by the store when something was committed in this context. Null: it may have been, and nothing but the latest will do. */
  wrote(position: string | null): void
}

/** What is asked of a store whose rows are also on copies that lag behind. */
export interface Positions {
  /** Of two positions the one that includes the other. What is no position includes everything: only the latest will do for it. */
  latest(one: string, other: string): string
}
