import { describe, expect, it } from 'vitest';
import { Reconciliation } from './reconciliation.ts';

describe('Reconciliation', () => {
  it('passes when exactly the 201s are stored', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add(100, 8);
    expect(reconciliation.verdict(100)).toMatchObject({ ok: true });
  });

  it('allows for unanswered purchases, and for no more', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add(100, 8);
    reconciliation.add(50, 8);
    expect(reconciliation.verdict(166).ok).toBe(true);
    expect(reconciliation.verdict(167).ok).toBe(false);
  });

  it('fails when a single 201 is not stored', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add(100, 8);
    expect(reconciliation.verdict(99)).toEqual({
      ok: false,
      what: '100 answers 201, 99 stored orders (-1 without an answer, at most 8 allowed)',
    });
  });

  it('allows for no difference when everything was answered', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add(100, 0);
    expect(reconciliation.verdict(100).ok).toBe(true);
    expect(reconciliation.verdict(101).ok).toBe(false);
  });
});
