import { describe } from 'vitest';
import { listenNode } from '../../../src/adapters/node-http/listen.ts';
import { canSharePort } from '../../../src/adapters/node-http/server.ts';
import { httpServingContract } from './suite.ts';

describe('HTTP on node:http', () => {
  httpServingContract(listenNode, { sharesPort: canSharePort(process.versions.node) });
});
