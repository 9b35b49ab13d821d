import { describe } from 'vitest';
import { createMongoLiveState } from '../../../src/adapters/mongo/live-state.ts';
import { mongoCollection, TEST_MONGODB_URL } from '../../support/mongo-collection.ts';
import { liveStateContract } from './suite.ts';

describe.skipIf(TEST_MONGODB_URL === undefined)('with TEST_MONGODB_URL', () => {
  liveStateContract('mongo', async () => {
    const { url, collection, drop } = mongoCollection();
    let opened = createMongoLiveState({ url, collection });
    return {
      live: opened.live,
      reopen: async () => {
        await opened.close();
        opened = createMongoLiveState({ url, collection });
        return opened.live;
      },
      close: async () => {
        await opened.close();
        await drop();
      },
    };
  });
});
