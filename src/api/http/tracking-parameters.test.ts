import { describe, expect, it } from 'vitest';
import { isTrackingParameter } from './tracking-parameters.ts';

describe('a tracking parameter', () => {
  it.each(['utm_source', 'UTM_ID', 'utm_', 'gclid', 'GCLID', 'fbclid', '_gl', 'mc_cid', 'ScCid', 'pk_campaign'])(
    'is %s',
    (name) => expect(isTrackingParameter(name)).toBe(true),
  );

  it.each(['', 'utm', 'limit', 'phase', 'cursor', 'x', '__proto__', 'gclid2'])('is not %j', (name) =>
    expect(isTrackingParameter(name)).toBe(false),
  );
});
