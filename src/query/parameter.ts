/** The parameters of a plan: where each bound value comes from when the plan runs. */
import type { FieldType } from '../model/index.ts'
import type { Slot } from './request.ts'

export type Parameter =
  /** A value of the request. `name` is the word that error messages use for it. */
  | {
      readonly source: 'request'
      readonly slot: Slot
      readonly type: FieldType
      readonly list: boolean
      readonly name: string
    }
  /** A row limit: the request's, or `fallback`; 1 to `maximum`. `peek` more rows are fetched to see whether others follow. */
  | {
      readonly source: 'limit'
      readonly slot: Slot | null
      readonly fallback: number
      readonly maximum: number
      readonly peek: 0 | 1
      readonly name: string
    }
  | { readonly source: 'offset'; readonly slot: Slot; readonly maximum: number; readonly name: string }
  /** A value of the page cursor: position `index` of it; null is allowed where `nullable`. */
  | { readonly source: 'cursor'; readonly index: number; readonly type: FieldType; readonly nullable: boolean }
  /** A field of the caller's row. */
  | { readonly source: 'caller'; readonly attribute: string; readonly type: FieldType }
  | { readonly source: 'now'; readonly type: FieldType }
  /** A value that the engine hands to a step of a write (a key, a new value, a version). */
  | { readonly source: 'step'; readonly name: string; readonly type: FieldType; readonly list: boolean }
