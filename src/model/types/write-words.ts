/** In one word, what writing a field is like: each builder says it once, so that the types of inputs need not work it out again. */
import type { Flag } from './column.ts'

type ByServer = 'readOnly' | 'private'

/** When a row is created: it has to be given (`needed`) or may be left out (`free`); `server …`: not by callers. */
export type CreateWord<Flags extends Flag> = [Flags & ByServer] extends [never]
  ? [Flags & ('optional' | 'default')] extends [never]
    ? 'needed'
    : 'free'
  : [Flags & 'generated'] extends [never]
    ? [Flags & ('optional' | 'default')] extends [never]
      ? 'server needed'
      : 'server free'
    : 'fixed'

/** When a row is changed. */
export type UpdateWord<Flags extends Flag> = [Flags & ('immutable' | 'key')] extends [never]
  ? [Flags & ByServer] extends [never]
    ? 'free'
    : 'server free'
  : 'fixed'
