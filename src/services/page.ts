/** A page of a list. */
export interface Page<Item, Cursor> {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined on the last. */
  readonly next?: Cursor;
}

/** Reads a page, and one item more to learn whether another page follows. Errors: those of `read`. */
export async function readPage<Item, Cursor>(
  limit: number,
  read: (limit: number) => Promise<readonly Item[]>,
  cursorOf: (last: Item) => Cursor,
): Promise<Page<Item, Cursor>> {
  const found = await read(limit + 1);
  if (found.length <= limit) return { items: found };
  const items = found.slice(0, limit);
  return { items, next: cursorOf(items.at(-1) as Item) };
}
