/** What a store finds out about its database while it serves, and an operator should know. */

export interface StoreNotice {
  readonly event: 'database-gone' | 'database-back' | 'replica-gone' | 'replica-back'
  /** Which one, and what is wrong with it; nothing secret. */
  readonly details: Readonly<Record<string, string>>
}

export type StoreListener = (notice: StoreNotice) => void

/** A store whose database can go away and come back. */
export interface NotifyingStore {
  /** Tells `listener` from now on, once for each change. */
  onNotice(listener: StoreListener): void
}
