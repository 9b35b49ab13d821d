/** Asks for the next value while the last one is looked at, so that a server works at the same time as we do. */
export async function* prefetch<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = values[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = iterator.next();
      // Whoever asks for it is told; until then it must not end the process.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
