import { describe, expect, it } from 'vitest';
import { aResult } from './sample-result.ts';
import { usageRows } from './usage-rows.ts';

const USAGE = {
  cpuUs: { front: 20.5, 'worker 1': 4, redis: 0.001, kafka: 8 },
  totalCpuUs: 32.5,
  perSecondAndCore: 30_769,
  writtenBytes: { front: 0, kafka: 250 },
  totalWrittenBytes: 250,
  fsyncs: { mysql: 0.00123, 'disk flushes': 0.02 },
  notCovered: ['mongodb'],
};

describe('usageRows', () => {
  it('has the processes that cost most first, without those that cost nothing', () => {
    expect(usageRows([aResult({ usage: USAGE })])).toEqual([
      {
        scenario: 'success-cluster',
        connections: '1,024',
        client: 'autocannon',
        operation: 'sold',
        'a second and core': '30,769',
        'CPU, us': '32.5',
        'CPU by process, us': 'front 20.5, kafka 8.00, worker 1 4.00',
        'bytes written': '250',
        'bytes by process': 'kafka 250',
        fsyncs: 'mysql 0.0012, disk flushes 0.020',
        'not covered': 'mongodb',
      },
    ]);
  });

  it('shows a process whose cost is unknown', () => {
    const unknown = { ...USAGE, cpuUs: { front: Number.NaN } };
    expect(usageRows([aResult({ usage: unknown })])[0]?.['CPU by process, us']).toBe('front -');
  });

  it('leaves out results without usage', () => {
    expect(usageRows([aResult()])).toEqual([]);
  });
});
