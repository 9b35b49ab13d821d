import { expect, it } from 'vitest';
import { MAX_QUANTITY as CLIENTS_MAX } from '../../src/client/index.ts';
import { MAX_QUANTITY } from '../../src/domain/order.ts';

it('the client knows how many tickets one purchase may have: it has no part of the server', () => {
  expect(CLIENTS_MAX).toBe(MAX_QUANTITY);
});
