import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { MemoryTicketQueue } from '../../../test/support/fakes/memory-ticket-queue.ts';
import { expireBatch } from './expire-batch.ts';

it('requests no further batch from a store that keeps listing the same orders as due', async () => {
  const clock = new ManualClock();
  const ports = {
    store: { due: async () => ['a', 'b'], transition: async () => [], returned: async () => undefined },
    queue: new MemoryTicketQueue(clock.now),
    events: { publish: () => undefined },
    expiryNow: clock.now,
  };
  expect(await expireBatch('s', ports, 2, new Set())).toEqual({
    result: { step: 'expire', saleId: 's', expired: 0, returned: 0 },
    isFull: false,
  });
});
