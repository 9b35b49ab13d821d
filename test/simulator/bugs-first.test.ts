import { describe, expect, it } from 'vitest';
import type { Bug } from './bugs.ts';
import { catchBug, plantedBugs } from './bugs-in-ci.ts';
import { explain } from './explain.ts';

plantedBugs(0);

describe('the checks of the simulator', () => {
  it('explain a failing seed: the violation, what led to it and how to replay it', async () => {
    const bugs = new Set<Bug>(['releaseTwice']);
    const failed = await catchBug('releaseTwice');
    const explanation = failed === undefined ? '' : await explain(failed, bugs);

    expect(explanation).toContain(`seed ${failed?.seed}, trace ${failed?.traceHash}`);
    expect(explanation).toContain(failed?.violations[0]);
    expect(explanation).toContain(`--from ${failed?.seed} --seeds 1 --bug releaseTwice`);
  });
});
