import { describe } from 'vitest';
import { listenNode } from '../../../src/adapters/node-http/listen.ts';
import { MAX_FRAME } from './harness.ts';
import { liveFrontContract } from './suite.ts';

describe('WebSockets on ws', () => {
  liveFrontContract(listenNode, { invalidUtf8: 1007, maxReadFrame: MAX_FRAME + 4096 });
});
