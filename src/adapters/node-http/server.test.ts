import { expect, it } from 'vitest';
import { canSharePort } from './server.ts';

it('canSharePort is true for the versions of Node that let processes share a port', () => {
  const versions = ['20.19.0', '21.7.3', '22.11.0', '22.12.0', '23.0.0', '23.1.0', '24.0.0', '26.1.0'];
  expect(versions.map(canSharePort)).toEqual([false, false, false, true, false, true, true, true]);
});
