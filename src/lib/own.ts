/** What a record itself has under a name that came from outside: `constructor` is nobody's field. */
export const own = <Held>(record: Readonly<Record<string, Held>>, name: string): Held | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
