import { describe, expect, it } from 'vitest';
import { phaseAt } from './phase-at.ts';

const opens = Date.UTC(2030, 0, 1);
const closes = opens + 1_000;
const told = (phase: 'upcoming' | 'live' | 'sold_out' | 'closed', remaining = 1) => ({
  ...{ phase, remaining },
  ...{ opensAt: new Date(opens).toISOString(), closesAt: new Date(closes).toISOString() },
});

describe('the phase at a moment', () => {
  it('opens and ends by the server’s clock, before the server says so', () => {
    expect(phaseAt(told('upcoming'), opens - 1)).toBe('upcoming');
    expect(phaseAt(told('upcoming'), opens)).toBe('live');
    expect(phaseAt(told('upcoming', 0), opens)).toBe('sold_out');
    expect(phaseAt(told('live'), closes - 1)).toBe('live');
    expect(phaseAt(told('sold_out', 0), closes)).toBe('ended');
  });

  it('is as it was told while the clock is unknown, and for what no clock changes', () => {
    expect(phaseAt(told('upcoming'), undefined)).toBe('upcoming');
    expect(phaseAt(told('closed'), opens)).toBe('closed');
  });
});
