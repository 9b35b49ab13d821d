import { createEmbeddedLiveState } from '../../../src/adapters/embedded/live-state.ts';
import { openEmbeddedFile } from '../embedded-file.ts';
import { liveStateContract } from './suite.ts';

liveStateContract('the embedded file', async () => {
  const { engine, reopen, close } = await openEmbeddedFile();
  return {
    live: createEmbeddedLiveState(engine),
    reopen: async () => createEmbeddedLiveState(await reopen()),
    close,
  };
});
