import { describe, expect, it } from 'vitest';
import { costsOf, costText } from './profile.ts';

const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });

const PROFILE = {
  nodes: [
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('drain', 'file:///src/batch-map.js', 41) },
    { id: 3, callFrame: frame('', 'file:///src/a.js', 0) },
    { id: 4, callFrame: frame('drain', 'file:///src/batch-map.js', 41) },
  ],
  samples: [1, 2, 3, 4, 1],
  timeDeltas: [1000, 50, 25, 25, 5000],
};

describe('costsOf', () => {
  it('adds up what a function itself took, wherever it was called from, without idle time', () => {
    expect(costsOf(PROFILE)).toEqual([
      { name: 'drain batch-map.js:42', share: 0.75 },
      { name: '(anonymous) a.js:1', share: 0.25 },
    ]);
  });

  it('has the greatest only', () => {
    expect(costsOf(PROFILE, 1)).toHaveLength(1);
  });

  it('makes nothing of an empty profile', () => {
    expect(costsOf({ nodes: [] })).toEqual([]);
  });
});

describe('costText', () => {
  it('has a line each, in percent', () => {
    expect(costText(costsOf(PROFILE, 1))).toBe('   75.0 %  drain batch-map.js:42');
  });
});
