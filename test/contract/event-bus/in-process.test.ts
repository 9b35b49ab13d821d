import { createInProcessEventBus } from '../../../src/adapters/in-process/event-bus.ts';
import { eventBusContract } from './suite.ts';

eventBusContract('in process', async () => {
  const events = createInProcessEventBus();
  return { join: async () => events, close: async () => {} };
});
