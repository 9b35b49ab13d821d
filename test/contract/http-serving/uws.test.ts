import { describe } from 'vitest';
import { listenUws } from '../../../src/adapters/uws/listen.ts';
import { httpServingContract } from './suite.ts';

describe('HTTP on uWebSockets.js', () => httpServingContract(listenUws, { sharesPort: true }));
