import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles } from '../../test/support/promise-marbles.ts';
import type { BusEvent } from '../ports/event-bus.ts';
import type { StoredSettings } from '../ports/settings-store.ts';
import { storedSettings } from './stored-settings.ts';

const NEWS: Record<string, BusEvent> = {
  n: { type: 'settings', version: 1 },
  s: { type: 'sale', saleId: 's' },
};
const AT = (version: number): StoredSettings => ({ version, overrides: { version } });
const STORED = { a: AT(1), b: AT(2), c: AT(3) };

/** The store's version increases at the given frames; reads answer as the diagrams say. */
function setUp(m: PromiseMarbles, events: string, grows: readonly number[], reads: string | readonly string[]) {
  const read = m.port(async () => AT(1 + grows.filter((frame) => frame <= m.clock.monotonic()).length), reads);
  const events$ = m.hot(events, NEWS);
  const stored$ = storedSettings(
    { store: { read }, events: { events$: events$ } },
    { pollMs: 20, backoff: { baseMs: 2, capMs: 2, random: () => 0 }, scheduler: m.scheduler },
  );
  return { stored$, read, events$ };
}

describe('stored settings', () => {
  it('are emitted at the start, on a change event, and when they changed without an event', () =>
    promiseMarbles((m) => {
      const { stored$ } = setUp(m, '-----n', [5, 30], 'x|');
      const expected = '            a----b----------------------------------c';
      const until = '               ^---------------------------------------------!';
      m.expectObservable(stored$, until).toBe(expected, STORED);
    }));

  it('are emitted once, however often they are read, and not read for other events', () =>
    promiseMarbles((m) => {
      const { stored$, read } = setUp(m, '--n--s', [], 'x|');
      const until = '                    ^-----------------------------!';
      m.expectObservable(stored$, until).toBe('a', STORED);
      m.expectObservable(read.calls$).toBe('   x-x-----------------x', { x: [] });
    }));

  it('are read again when an event arrives during a read, whose answer may be older', () =>
    promiseMarbles((m) => {
      const { stored$ } = setUp(m, '---n', [3, 8], ['----------x|', 'x|']);
      m.expectObservable(stored$, '^--------------!').toBe('---b', STORED);
    }));

  it('stay in effect while the store is unavailable, and are emitted as soon as it recovers', () =>
    promiseMarbles((m) => {
      const { stored$ } = setUp(m, '-----n', [4], ['x|', '-#', '-#', 'x|']);
      m.expectObservable(stored$, '^--------------!').toBe('a----------b', STORED);
    }));

  it('of a restored backup are emitted, although their version is lower', () =>
    promiseMarbles((m) => {
      const versions = [3, 1];
      const read = m.port(async () => AT(versions.shift() ?? 1), 'x|');
      const events$ = m.hot<BusEvent>('-');
      const stored$ = storedSettings(
        { store: { read }, events: { events$: events$ } },
        { pollMs: 5, backoff: { baseMs: 2, capMs: 2 }, scheduler: m.scheduler },
      );
      m.expectObservable(stored$, '^------!').toBe('c----a', STORED);
    }));
});
