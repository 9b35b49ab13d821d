import { createInProcessRateCounter } from '../../../src/adapters/in-process/rate-counter.ts';
import { MemoryRateCounter } from '../../support/fakes/memory-rate-counter.ts';
import { rateCounterContract } from './suite.ts';

rateCounterContract('in process', async () => {
  const rates = createInProcessRateCounter();
  return { join: async () => rates, close: async () => {} };
});

rateCounterContract('the fake', async () => {
  const rates = new MemoryRateCounter({ now: () => performance.now() });
  return { join: async () => rates, close: async () => {} };
});
