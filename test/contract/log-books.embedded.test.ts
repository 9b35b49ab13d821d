import { createEmbeddedLogBooks } from '../../src/adapters/embedded/books.ts';
import { createEmbeddedOrderLog } from '../../src/adapters/embedded/order-log.ts';
import { openEmbeddedFile } from './embedded-file.ts';
import { logBooksContract } from './log-books.ts';

logBooksContract('the embedded log', async () => {
  const { engine, close } = await openEmbeddedFile();
  return { log: createEmbeddedOrderLog(engine), books: createEmbeddedLogBooks(engine), close };
});
