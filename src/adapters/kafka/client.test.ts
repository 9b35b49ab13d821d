import { expect, it } from 'vitest';
import { loadKafka } from './client.ts';

it('reports in one line how to build a client that is missing', async () => {
  const missing = () => Promise.reject(new Error('Could not locate the bindings file. Tried:\n → build/x.node'));

  await expect(loadKafka(missing)).rejects.toMatchObject({
    code: 'config',
    message:
      "the Kafka client can't be loaded, run `npm rebuild node-rdkafka`: Could not locate the bindings file. Tried:",
  });
});
