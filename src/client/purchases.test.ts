import { describe, expect, it } from 'vitest';
import { liveClientRig, SOLD_OUT, settled } from '../../test/support/live-client-rig.ts';
import { PurchaseUnanswered } from './purchases.ts';

const UNAUTHENTICATED = { status: 401, code: 'unauthenticated', title: 'Not authenticated', detail: '' };

const { connect, connection: nextConnection } = liveClientRig();

describe('a purchase', () => {
  it('is answered with status and body, and gets a key', async () => {
    const client = connect();
    const answers = [client.purchase('s1'), client.purchase('s1')];
    const connection = await nextConnection();
    const [first, second] = [await connection.next('purchase'), await connection.next('purchase')];
    expect(first).toMatchObject({ saleId: 's1', idempotencyKey: expect.stringMatching(/.{16}/) });
    expect(second.idempotencyKey).not.toBe(first.idempotencyKey);
    connection.send({ type: 'purchase', id: first.id, status: 201, body: { id: 'o1' } });
    connection.send({ type: 'error', id: second.id, status: 429, body: { code: 'rate_limited' } });
    expect(await Promise.all(answers)).toEqual([
      { status: 201, body: { id: 'o1' }, idempotencyKey: first.idempotencyKey },
      { status: 429, body: { code: 'rate_limited' }, idempotencyKey: second.idempotencyKey },
    ]);
  });

  it('is sent again with the same key if and only if the connection breaks before the answer', async () => {
    const client = connect();
    const lost = client.purchase('s1', { idempotencyKey: 'k1' });
    const answered = client.purchase('s2', { idempotencyKey: 'k2' });
    const before = await nextConnection();
    await before.next('purchase');
    const { id } = await before.next('purchase');
    before.send({ type: 'purchase', id, status: 409, body: SOLD_OUT });
    await answered;
    before.cut();

    const after = await nextConnection();
    const again = await after.next('purchase');
    expect(again).toMatchObject({ saleId: 's1', idempotencyKey: 'k1' });
    after.send({ type: 'purchase', id: again.id, status: 201, body: { id: 'o1' } });
    expect(await lost).toMatchObject({ status: 201, idempotencyKey: 'k1' });
    await settled(client, after);
    expect(after.frames).toHaveLength(2);
  });

  it('gets its own answer, in any order, and ignores a second one', async () => {
    const client = connect();
    const answers = ['k1', 'k2', 'k3'].map((idempotencyKey) => client.purchase('s1', { idempotencyKey }));
    const connection = await nextConnection();
    const sent = [];
    for (const _ of answers) sent.push(await connection.next('purchase'));
    for (const { id, idempotencyKey } of sent.toReversed()) {
      const answer = { type: 'purchase', id, status: 201, body: { id: `order of ${idempotencyKey}` } };
      connection.send(answer);
      connection.send({ ...answer, status: 500 });
    }
    expect((await Promise.all(answers)).map(({ status, body }) => [status, body])).toEqual(
      ['k1', 'k2', 'k3'].map((key) => [201, { id: `order of ${key}` }]),
    );
  });

  it('is not answered by a reply to the previous connection', async () => {
    const client = connect();
    const answer = client.purchase('s1', { idempotencyKey: 'k1' });
    const before = await nextConnection();
    const { id: oldId } = await before.next('purchase');
    before.cut();
    const after = await nextConnection();
    const { id } = await after.next('purchase');
    after.send({ type: 'purchase', id: oldId, status: 409, body: SOLD_OUT });
    after.send({ type: 'purchase', id, status: 201, body: { id: 'o1' } });
    expect(await answer).toMatchObject({ status: 201 });
  });

  it('is rejected as unknown after its deadline, with its key, and not sent again', async () => {
    const client = connect();
    const answer = client.purchase('s1', { idempotencyKey: 'k1', timeoutMs: 20 });
    await expect(answer).rejects.toThrow(PurchaseUnanswered);
    await expect(answer).rejects.toMatchObject({ saleId: 's1', idempotencyKey: 'k1' });
    (await nextConnection()).cut();
    const after = await nextConnection();
    await settled(client, after);
    expect(after.frames).toHaveLength(1);
  });

  it('is rejected as unknown when the client is closed before or after it', async () => {
    const client = connect();
    const answer = client.purchase('s1', { idempotencyKey: 'k1' });
    client.close();
    await expect(answer).rejects.toThrow(PurchaseUnanswered);
    await expect(client.purchase('s1')).rejects.toThrow(PurchaseUnanswered);
    expect(client.state).toBe('closed');
  });

  it('that was rejected says whether it was sent, on any connection', async () => {
    const client = connect();
    const neverSent = client.purchase('s1', { timeoutMs: 0 });
    await expect(neverSent).rejects.toMatchObject({ sent: false, message: expect.stringContaining('was not sent') });
    const sent = client.purchase('s1');
    const connection = await nextConnection();
    await connection.next('purchase');
    connection.cut();
    client.close();
    await expect(sent).rejects.toMatchObject({ sent: true, message: expect.stringContaining('is unknown') });
    await expect(client.purchase('s1')).rejects.toMatchObject({ sent: false });
  });

  it('waits for a platform whose WebSocket throws, as if the connection had failed', async () => {
    const states: string[] = [];
    class Refused {
      constructor() {
        throw new Error('SecurityError');
      }
    }
    const client = connect({ WebSocket: Refused as never, onState: (state) => states.push(state) });
    await expect(client.purchase('s1', { timeoutMs: 20 })).rejects.toMatchObject({ sent: false });
    expect(states.slice(0, 3)).toEqual(['connecting', 'waiting', 'connecting']);
  });
});

describe('the token', () => {
  it('is sent on each connection, before any purchase, and purchases wait for its answer', async () => {
    const results: unknown[] = [];
    const client = connect({ token: 't1', onLogin: (result) => results.push(result) });
    const answer = client.purchase('s1', { idempotencyKey: 'k1' });
    for (const last of [false, true]) {
      const connection = await nextConnection();
      const auth = await connection.next('auth');
      expect(auth).toMatchObject({ token: 't1' });
      expect(connection.frames).toHaveLength(1);
      connection.send({ type: 'auth', id: auth.id, userId: 'u1' });
      const { id } = await connection.next('purchase');
      if (last) connection.send({ type: 'purchase', id, status: 201, body: {} });
      else connection.cut();
    }
    expect(await answer).toMatchObject({ status: 201 });
    expect(results).toEqual([
      { ok: true, userId: 'u1' },
      { ok: true, userId: 'u1' },
    ]);
  });

  it('that is refused is reported, and the purchase gets the server’s answer', async () => {
    const results: unknown[] = [];
    const client = connect({ token: 'bad', onLogin: (result) => results.push(result) });
    const answer = client.purchase('s1');
    const connection = await nextConnection();
    const auth = await connection.next('auth');
    connection.send({ type: 'error', id: auth.id, status: 401, body: UNAUTHENTICATED });
    const { id } = await connection.next('purchase');
    expect(results).toEqual([{ ok: false, problem: UNAUTHENTICATED }]);
    connection.send({ type: 'purchase', id, status: 401, body: UNAUTHENTICATED });
    expect(await answer).toMatchObject({ status: 401 });
  });

  it('may change while connected: purchases wait for the new one', async () => {
    const client = connect({ token: 't1' });
    const connection = await nextConnection();
    connection.send({ type: 'auth', id: (await connection.next('auth')).id, userId: 'u1' });
    const earlier = client.purchase('s1', { idempotencyKey: 'sent before' });
    const before = await connection.next('purchase');
    client.authenticate('t2');
    const answer = client.purchase('s1');
    const auth = await connection.next('auth');
    expect(auth).toMatchObject({ token: 't2' });
    expect(connection.frames.at(-1)).toBe(auth);
    connection.send({ type: 'auth', id: auth.id, userId: 'u2' });
    const { id, idempotencyKey } = await connection.next('purchase');
    expect(idempotencyKey).not.toBe('sent before');
    connection.send({ type: 'purchase', id, status: 201, body: {} });
    connection.send({ type: 'purchase', id: before.id, status: 201, body: {} });
    expect(await earlier).toMatchObject({ idempotencyKey: 'sent before' });
    expect(await answer).toMatchObject({ status: 201 });
  });
});
