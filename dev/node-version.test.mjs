import { describe, expect, it } from 'vitest';
import { versionProblem } from './node-version.mjs';

describe('versionProblem', () => {
  it.each(['20.19.0', '20.20.2', '21.0.0', '22.1.0', '24.11.1'])('accepts Node %s for >=20.19', (version) => {
    expect(versionProblem(version, '>=20.19')).toBeUndefined();
  });

  it.each(['20.18.3', '18.20.8', '9.99.0'])(
    'rejects Node %s with one line that names the version needed',
    (version) => {
      expect(versionProblem(version, '>=20.19')).toBe(`Floodgate needs Node 20.19 or newer; this is Node ${version}.`);
    },
  );
});
