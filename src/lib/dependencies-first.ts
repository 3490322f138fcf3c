/** Puts what others need before them, and leaves the order otherwise; who needs each other stand as they come. */
export function dependenciesFirst<Item>(
  items: readonly Item[],
  needs: (item: Item) => readonly Item[],
): readonly Item[] {
  const placed = new Set<Item>()
  const place = (item: Item, waiting: ReadonlySet<Item>): void => {
    if (placed.has(item) || waiting.has(item)) return
    const further = new Set([...waiting, item])
    for (const needed of needs(item)) place(needed, further)
    placed.add(item)
  }
  for (const item of items) place(item, new Set())
  return [...placed]
}
