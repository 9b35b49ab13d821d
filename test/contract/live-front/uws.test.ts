import { describe } from 'vitest';
import { listenUws } from '../../../src/adapters/uws/listen.ts';
import { MAX_FRAME } from './harness.ts';
import { liveFrontContract } from './suite.ts';

describe('WebSockets on uWebSockets.js', () => {
  // It closes the connection without a close frame on invalid UTF-8, and on the length of a frame longer than this.
  liveFrontContract(listenUws, { invalidUtf8: 1006, maxReadFrame: MAX_FRAME + 4096 });
});
