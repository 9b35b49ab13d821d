/** The items in their order, `size` at a time; the last chunk may be shorter. */
export function chunked<T>(items: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
