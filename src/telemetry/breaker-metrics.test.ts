import { expect, it } from 'vitest';
import type { CountedState } from './breaker-metrics.ts';
import { createMetrics } from './metrics.ts';

it('the metrics of breakers show each current state, and count its changes from zero', async () => {
  const metrics = createMetrics({ process: false });
  let state: CountedState = 'closed';
  const changed = metrics.sampleBreaker('queue', () => state);
  metrics.sampleBreaker('log', () => 'open');
  const samples = async () => (await metrics.expose()).body.split('\n');
  expect(await samples()).toEqual(
    expect.arrayContaining([
      'floodgate_breaker_state{dependency="queue",state="closed"} 1',
      'floodgate_breaker_state{dependency="queue",state="open"} 0',
      'floodgate_breaker_state{dependency="log",state="open"} 1',
      'floodgate_breaker_changes_total{dependency="queue",to="open"} 0',
    ]),
  );
  state = 'half-open';
  changed('open');
  changed('half-open');
  expect(await samples()).toEqual(
    expect.arrayContaining([
      'floodgate_breaker_state{dependency="queue",state="closed"} 0',
      'floodgate_breaker_state{dependency="queue",state="half-open"} 1',
      'floodgate_breaker_changes_total{dependency="queue",to="open"} 1',
      'floodgate_breaker_changes_total{dependency="log",to="open"} 0',
    ]),
  );
});
