/** What the watching process and the one that runs the application say to each other. */

/** From the application's process. */
export type ChildMessage =
  /** The settings are known: open this address, if it is not open yet. */
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  /** Requests can come. The lines are for the terminal: where everything is, and what happened to the database. */
  | {
      readonly kind: 'ready'
      readonly url: string
      readonly places: readonly string[]
      readonly notices: readonly string[]
    }
  /** It did not start, or fell over. */
  | { readonly kind: 'failed'; readonly text: string }

/** To the application's process; connections come as handles beside `connection`. */
export type ParentMessage =
  | { readonly kind: 'connection' }
  | { readonly kind: 'stop' }
  /** The address is open: the port that it got. */
  | { readonly kind: 'listening'; readonly port: number }
