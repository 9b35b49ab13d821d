import { describe, expect, it } from 'vitest';
import { phaseAt } from './phase-at.ts';

const opens = Date.UTC(2030, 0, 1);
const closes = opens + 1_000;
const reported = (phase: 'upcoming' | 'live' | 'sold_out' | 'closed', remaining = 1) => ({
  ...{ phase, remaining },
  ...{ opensAt: new Date(opens).toISOString(), closesAt: new Date(closes).toISOString() },
});

describe('the phase at a moment', () => {
  it('opens and ends by the server’s clock, before the server reports it', () => {
    expect(phaseAt(reported('upcoming'), opens - 1)).toBe('upcoming');
    expect(phaseAt(reported('upcoming'), opens)).toBe('live');
    expect(phaseAt(reported('upcoming', 0), opens)).toBe('sold_out');
    expect(phaseAt(reported('live'), closes - 1)).toBe('live');
    expect(phaseAt(reported('sold_out', 0), closes)).toBe('ended');
  });

  it('is the reported one while the clock is unknown, and for a closed sale', () => {
    expect(phaseAt(reported('upcoming'), undefined)).toBe('upcoming');
    expect(phaseAt(reported('closed'), opens)).toBe('closed');
  });
});
