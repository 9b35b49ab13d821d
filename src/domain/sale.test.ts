import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aSale } from '../../test/support/sales.ts';
import { gateOf, PHASES, phaseOf, type SaleStatus } from './sale.ts';

const OPENS = 1000;
const CLOSES = 2000;
const sale = (status: SaleStatus) => aSale({ status, opensAt: OPENS, closesAt: CLOSES });

describe('gateOf', () => {
  it.each([
    [OPENS - 1, 'notStarted'],
    [OPENS, 'open'],
    [CLOSES - 1, 'open'],
    [CLOSES, 'ended'],
  ])('of a published sale at %i is %s', (nowMs, gate) => {
    expect(gateOf(sale('published'), nowMs)).toBe(gate);
  });

  it.each([OPENS - 1, OPENS, CLOSES])('of a closed sale is closed, also at %i', (nowMs) => {
    expect(gateOf(sale('closed'), nowMs)).toBe('closed');
  });

  it.each([OPENS - 1, OPENS, CLOSES])('of an archived sale is closed, also at %i', (nowMs) => {
    expect(gateOf(sale('archived'), nowMs)).toBe('closed');
  });

  it.each([OPENS - 1, OPENS, CLOSES])('of a draft never opens, also at %i', (nowMs) => {
    expect(gateOf(sale('draft'), nowMs)).toBe('notStarted');
  });
});

describe('phaseOf', () => {
  it.each([
    ['draft', 'draft', OPENS, 5],
    ['published', 'upcoming', OPENS - 1, 5],
    ['published', 'live', OPENS, 1],
    ['published', 'sold_out', OPENS, 0],
    ['published', 'upcoming', OPENS - 1, 0],
    ['published', 'ended', CLOSES, 5],
    ['published', 'ended', CLOSES, 0],
    ['paused', 'paused', OPENS - 1, 5],
    ['paused', 'paused', OPENS, 5],
    ['paused', 'paused', CLOSES - 1, 0],
    ['paused', 'ended', CLOSES, 5],
    ['closed', 'closed', OPENS, 5],
    ['closed', 'closed', OPENS, 0],
    ['archived', 'archived', OPENS, 0],
    ['archived', 'archived', CLOSES, 5],
  ] as const)('of a sale that is %s is %s at %i with %i left', (status, phase, nowMs, remaining) => {
    expect(phaseOf(sale(status), nowMs, remaining)).toBe(phase);
  });

  it('is live exactly when the gate is open and a ticket is left', () => {
    const status = fc.constantFrom<SaleStatus>('draft', 'published', 'paused', 'closed', 'archived');
    fc.assert(
      fc.property(status, fc.nat(3000), fc.nat(2), (own, nowMs, remaining) => {
        const phase = phaseOf(sale(own), nowMs, remaining);
        expect(PHASES).toContain(phase);
        expect(phase === 'live').toBe(gateOf(sale(own), nowMs) === 'open' && remaining > 0);
      }),
    );
  });
});
