/** Requests the next value while the caller works on the last one, so that the server and this process work in parallel. */
export async function* prefetch<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = values[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = iterator.next();
      // It is awaited in the next round; until then a rejection must not count as unhandled.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
