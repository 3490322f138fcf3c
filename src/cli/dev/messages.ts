/** What the watching process and the one that runs the application say to each other. */
import type { ImportedFile } from './report-imports.ts'

/** From the application's process. */
export type ChildMessage =
  /** The settings are known: open this address, if it is not open yet. */
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  /** Files that it has imported: when one of them changes, it has to start again. */
  | { readonly kind: 'imported'; readonly files: readonly ImportedFile[] }
  /** Something happened to the database or to the snapshot; worth telling even if this process does not get further. */
  | { readonly kind: 'notice'; readonly text: string }
  /** Requests can come. The lines are for the terminal: where everything is. */
  | { readonly kind: 'ready'; readonly url: string; readonly places: readonly string[] }
  /** It did not start, or fell over. */
  | { readonly kind: 'failed'; readonly text: string }

/** To the application's process; connections come as handles beside `connection`. */
export type ParentMessage =
  | { readonly kind: 'connection' }
  | { readonly kind: 'stop' }
  /** The address is open: the port that it got. */
  | { readonly kind: 'listening'; readonly port: number }
