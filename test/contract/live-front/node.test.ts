import { describe } from 'vitest';
import { listenNode } from '../../../src/adapters/node-http/listen.ts';
import { liveFrontContract } from './suite.ts';

describe('WebSockets on ws', () => {
  liveFrontContract(listenNode, { invalidUtf8: 1007, maxReadFrame: 1024 * 1024 + 64 * 1024 });
});
