import { describe, expect, it } from 'vitest';
import { preparationText } from './preparation.mjs';

describe('preparationText', () => {
  it('is empty when nothing is missing', () => {
    expect(preparationText([])).toEqual([]);
  });

  it('is a line for each step with its typical time, after the sum of all', () => {
    const steps = [
      { what: 'npm packages', seconds: 45 },
      { what: 'Kafka client, compiled from source', seconds: 90 },
    ];
    expect(preparationText(steps)).toEqual([
      'this machine lacks some of what the tests need; installing it takes about 2.5 minutes once:',
      '  npm packages: about 45 s',
      '  Kafka client, compiled from source: about 1.5 minutes',
    ]);
  });

  it('rounds from one minute on to halves of a minute', () => {
    const timeOf = (seconds) => preparationText([{ what: 'it', seconds }])[1];
    expect([59, 60, 100, 130].map(timeOf)).toEqual([
      '  it: about 59 s',
      '  it: about 1 minute',
      '  it: about 1.5 minutes',
      '  it: about 2 minutes',
    ]);
  });
});
