import { describe, expect, it } from 'vitest';
import { AHEAD_MS, liveClientRig, settled } from '../../test/support/live-client-rig.ts';
import type { StockFrame } from './protocol.ts';

const { connect, connection: nextConnection } = liveClientRig();

function stock(saleId: string, version: number, remaining = 100 - version): StockFrame {
  const time = '2030-01-01T00:00:00.000Z';
  const times = { opensAt: time, closesAt: time, serverTime: time };
  return { type: 'stock', saleId, remaining, total: 100, phase: 'live', version, ...times };
}

describe('stock', () => {
  it('is subscribed to once per sale, reported to all listeners, and subscribed to again after a reconnect', async () => {
    const client = connect();
    const seen: [string, number][] = [];
    client.subscribe('s1', ({ version }) => seen.push(['a', version]));
    client.subscribe('s1', ({ version }) => seen.push(['b', version]));
    const before = await nextConnection();
    expect(await before.next('subscribe')).toMatchObject({ saleId: 's1' });
    before.send(stock('s1', 1));
    await settled(client, before);
    expect(before.frames).toHaveLength(2);
    client.subscribe('s1', ({ version }) => seen.push(['late', version]));
    before.cut();

    const after = await nextConnection();
    expect(await after.next('subscribe')).toMatchObject({ saleId: 's1' });
    after.send(stock('s1', 2));
    await settled(client, after);
    expect(seen).toEqual([
      ['a', 1],
      ['b', 1],
      ['late', 1],
      ['a', 2],
      ['b', 2],
      ['late', 2],
    ]);
  });

  it('of an older version than the last is ignored, even on a new connection', async () => {
    const client = connect();
    const seen: number[] = [];
    client.subscribe('s1', ({ version, remaining }) => seen.push(version, remaining));
    const before = await nextConnection();
    await before.next('subscribe');
    for (const version of [3, 2, 5]) before.send(stock('s1', version, version));
    await settled(client, before);
    before.cut();
    const after = await nextConnection();
    await after.next('subscribe');
    // A heartbeat or a change of phase has the same version as the previous frame.
    for (const version of [4, 5]) after.send(stock('s1', version, version + 90));
    await settled(client, after);
    expect(seen).toEqual([3, 3, 5, 5, 5, 95]);
  });

  it('is unsubscribed from after its last listener was removed', async () => {
    const client = connect();
    const seen: number[] = [];
    const ends = [1, 2].map(() => client.subscribe('s1', ({ version }) => seen.push(version)));
    const connection = await nextConnection();
    await connection.next('subscribe');
    for (const end of ends) end();
    ends[0]?.();
    expect(await connection.next('unsubscribe')).toMatchObject({ saleId: 's1' });
    connection.send(stock('s1', 1));
    await settled(client, connection);
    expect(connection.frames).toHaveLength(3);
    expect(seen).toEqual([]);
  });

  it('that is refused is reported as a problem', async () => {
    const client = connect();
    const problems: unknown[] = [];
    client.subscribe(
      'nowhere',
      () => undefined,
      (problem) => problems.push(problem),
    );
    const connection = await nextConnection();
    const { id } = await connection.next('subscribe');
    connection.send({ type: 'error', id, status: 404, body: { code: 'not_found' } });
    await settled(client, connection);
    expect(problems).toEqual([{ code: 'not_found' }]);
  });
});

describe('the connection', () => {
  it('reports its states, and survives anything that the server may send or do', async () => {
    const states: string[] = [];
    const client = connect({ onState: (state) => states.push(state) });
    const before = await nextConnection();
    for (const odd of ['', 'null', '7', '{}', '{"type":7}', '{"type":"events"}', '{"type":"pong","id":99}', '{']) {
      before.send(odd);
    }
    before.send({ type: 'error', status: 400, body: { code: 'malformed' } });
    before.send(stock('not-subscribed', 1));
    await settled(client, before);
    before.cut();
    await settled(client, await nextConnection());
    client.close();
    expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open', 'closed']);
  });

  it('reports the buyer’s orders until the listener is removed', async () => {
    const client = connect();
    const seen: string[] = [];
    const end = client.onOrder(({ id }) => seen.push(id));
    const connection = await nextConnection();
    connection.send({ type: 'order', order: { id: 'o1' } });
    await settled(client, connection);
    end();
    connection.send({ type: 'order', order: { id: 'o2' } });
    await settled(client, connection);
    expect(seen).toEqual(['o1']);
  });

  it('knows the server’s time from the first frame on, although the machine’s clock is ten minutes off', async () => {
    const client = connect();
    expect(client.now()).toBeUndefined();
    await settled(client, await nextConnection());
    const off = (client.now() ?? 0) - (Date.now() + AHEAD_MS);
    // At worst half the time that connecting took; a wrong clock would be off by a thousand times as much.
    expect(Math.abs(off)).toBeLessThan(AHEAD_MS / 100);
  });

  it('reconnects at once when the machine wakes up', async () => {
    let onState = (_state: string): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      onState = (state) => {
        if (state === 'waiting') resolve();
      };
    });
    const client = connect({
      backoff: { baseMs: 1e9, capMs: 1e9 },
      random: () => 0.5,
      onState: (state) => onState(state),
    });
    const before = await nextConnection();
    await settled(client, before);
    before.cut();
    await waiting;
    client.wake();
    await settled(client, await nextConnection());
    expect(client.state).toBe('open');
  });

  it('stays closed once the client closed it', async () => {
    const client = connect();
    const connection = await nextConnection();
    await settled(client, connection);
    client.close();
    await connection.closed();
    client.wake();
    expect(client.state).toBe('closed');
  });
});
