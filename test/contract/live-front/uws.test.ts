import { describe } from 'vitest';
import { listenUws } from '../../../src/adapters/uws/listen.ts';
import { liveFrontContract } from './suite.ts';

describe('WebSockets on uWebSockets.js', () => {
  // It cuts the connection over invalid UTF-8, and as soon as it has read the length of a frame longer than this.
  liveFrontContract(listenUws, { invalidUtf8: 1006, longestTold: 1024 * 1024 + 64 * 1024 });
});
