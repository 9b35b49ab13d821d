import { createInProcessEventBus } from '../../../src/adapters/event-bus/in-process.ts';
import { eventBusContract } from './suite.ts';

eventBusContract('in process', async () => {
  const events = createInProcessEventBus();
  return { join: async () => events, close: async () => {} };
});
