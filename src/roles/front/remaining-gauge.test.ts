import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { aSale } from '../../../test/support/sales.ts';
import type { Sale } from '../../domain/sale.ts';
import { createRemainingGauge } from './remaining-gauge.ts';

function rig() {
  const clock = new ManualClock();
  const sales = new Map<string, Sale>();
  const shown = new Map<string, number>();
  const gauge = createRemainingGauge((saleId) => sales.get(saleId), clock, {
    saleRemaining: (saleId, tickets) => shown.set(saleId, tickets),
    saleOver: (saleId) => shown.delete(saleId),
  });
  const open = (sale: Partial<Sale>) => sales.set('s', aSale({ id: 's', closesAt: clock.now() + 1000, ...sale }));
  return { clock, sales, shown, gauge, open };
}

describe('the remaining tickets of a sale', () => {
  it('are reported during the sale, and for ten minutes after its end', () => {
    const { clock, shown, gauge, open } = rig();
    open({});
    gauge.observe('s', 5);
    gauge.observe('s', 4);
    clock.advance(10 * 60_000);
    gauge.sweep();
    expect(shown.get('s')).toBe(4);
    clock.advance(1001);
    gauge.sweep();
    expect([...shown]).toEqual([]);
  });

  it('are no longer reported once an admin has closed the sale', () => {
    const { shown, gauge, open } = rig();
    open({ status: 'closed' });
    gauge.observe('s', 4);
    gauge.sweep();
    expect([...shown]).toEqual([]);
  });

  it('are no longer reported once the sale is not in memory', () => {
    const { shown, gauge } = rig();
    gauge.observe('s', 4);
    gauge.sweep();
    expect([...shown]).toEqual([]);
  });

  it('are reported again when the sale sells again', () => {
    const { shown, gauge, sales, open } = rig();
    gauge.observe('s', 4);
    gauge.sweep();
    open({});
    gauge.observe('s', 3);
    gauge.sweep();
    expect([shown.get('s'), sales.size]).toEqual([3, 1]);
  });
});
