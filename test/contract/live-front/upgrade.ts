import { describe, expect, it } from 'vitest';
import { upgradeRequest } from '../../support/live-client.ts';
import { RawClient } from '../../support/raw-http.ts';
import { type LiveFrontHarness, PATH } from './harness.ts';

const BAD_UPGRADES: readonly (readonly [what: string, headers: Readonly<Record<string, string>>])[] = [
  ['another protocol', { Upgrade: 'h2c' }],
  ['another Connection header', { Connection: 'keep-alive' }],
  ['another version', { 'Sec-WebSocket-Version': '8' }],
  ['a short key', { 'Sec-WebSocket-Key': 'dGhl' }],
  ['a key that is not base64', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }],
  ['a body', { 'Content-Length': '2' }],
  ['a transfer coding', { 'Transfer-Encoding': 'chunked' }],
];

export function liveUpgrade(harness: LiveFrontHarness): void {
  describe('an upgrade', () => {
    it('is answered with the request id, and without subprotocol or compression', async () => {
      const { front } = await harness.start();
      const client = await RawClient.open(front.port);
      await client.send(
        upgradeRequest(PATH, {
          Connection: 'keep-alive, upgrade',
          Upgrade: 'WebSocket',
          Origin: 'https://elsewhere.example',
          'X-Request-Id': 'r',
          'Sec-WebSocket-Protocol': 'chat',
          'Sec-WebSocket-Extensions': 'permessage-deflate',
        }),
      );
      const answer = await client.response();
      expect(answer).toMatchObject({
        status: 101,
        headers: { 'x-request-id': 'r', 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' },
      });
      expect(answer?.headers).not.toHaveProperty('sec-websocket-protocol');
      expect(answer?.headers).not.toHaveProperty('sec-websocket-extensions');
      client.hangUp();
    });

    it.each(BAD_UPGRADES)('with %s is refused with a problem document', async (_what, headers) => {
      const { front, calls } = await harness.start();
      const client = await RawClient.open(front.port);
      await client.send(upgradeRequest(PATH, headers));
      const answer = await client.response();
      expect(answer?.headers['content-type']).toBe('application/problem+json');
      expect([400, 411]).toContain(answer?.status);
      expect(calls).toEqual([]);
      client.hangUp();
    });

    it('is required on its path', async () => {
      const { front } = await harness.start();
      const client = await RawClient.open(front.port);
      await client.send(`GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const plain = await client.response();
      expect(JSON.parse(plain?.body ?? '')).toMatchObject({
        status: 400,
        code: 'malformed',
        detail: 'Upgrade to WebSocket',
      });
      await client.send(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
      const posted = await client.response();
      expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
      client.hangUp();
    });

    it('on another path is an ordinary request', async () => {
      const { front } = await harness.start();
      const client = await RawClient.open(front.port);
      await client.send(upgradeRequest('/elsewhere'));
      expect((await client.response())?.status).toBe(404);
      client.hangUp();
    });

    it('is refused as draining once the front stopped listening, also on an open connection', async () => {
      const { front, live } = await harness.start();
      const early = await RawClient.open(front.port);
      front.stopListening();
      await early.send(upgradeRequest(PATH));
      const answer = await early.response();
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: 503, code: 'draining' });
      expect(answer?.headers).toHaveProperty('retry-after');
      expect(live.connections()).toBe(0);
      early.hangUp();
    });

    it('is counted like any other answer', async () => {
      const counted: string[] = [];
      const { front, connect } = await harness.start(
        {},
        { countRoute: (method, pattern) => (status) => counted.push(`${method} ${pattern} ${status}`) },
      );
      await connect();
      const client = await RawClient.open(front.port);
      await client.send(upgradeRequest(PATH, { 'Sec-WebSocket-Version': '8' }));
      await client.response();
      expect(counted).toEqual([`GET ${PATH} 101`, `GET ${PATH} 400`]);
      client.hangUp();
    });
  });
}
