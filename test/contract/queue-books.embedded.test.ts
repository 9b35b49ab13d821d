import { createEmbeddedQueueBooks } from '../../src/adapters/embedded/books.ts';
import { createEmbeddedTicketQueue } from '../../src/adapters/embedded/ticket-queue.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { openEmbeddedFile } from './embedded-file.ts';
import { queueBooksContract } from './queue-books.ts';

queueBooksContract('the embedded queue', async () => {
  const { engine, close } = await openEmbeddedFile();
  return {
    queue: createEmbeddedTicketQueue({ engine, clock: systemClock }),
    books: createEmbeddedQueueBooks(engine),
    close,
  };
});
