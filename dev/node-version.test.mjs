import { describe, expect, it } from 'vitest';
import { objectionTo } from './node-version.mjs';

describe('objectionTo', () => {
  it.each(['20.19.0', '20.20.2', '21.0.0', '22.1.0', '24.11.1'])('accepts Node %s for >=20.19', (version) => {
    expect(objectionTo(version, '>=20.19')).toBeUndefined();
  });

  it.each(['20.18.3', '18.20.8', '9.99.0'])('objects to Node %s in one line that says what is needed', (version) => {
    expect(objectionTo(version, '>=20.19')).toBe(`Floodgate needs Node 20.19 or newer; this is Node ${version}.`);
  });
});
