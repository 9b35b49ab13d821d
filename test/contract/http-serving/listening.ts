import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../support/raw-http.ts';
import { freePort, GET, getX, type HttpServingHarness, keeper } from './harness.ts';

/** A front's port and connections, from the start to the end. */
export function frontListening(harness: HttpServingHarness): void {
  describe('a front, listening', () => {
    it('fails with the reason when the port is in use, by this process or another', async () => {
      const { port } = await harness.listen();
      await expect(harness.listen({ port })).rejects.toMatchObject({
        code: 'config',
        message: `port ${port} is in use by another process`,
      });
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const taken = (other.address() as { readonly port: number }).port;
      await expect(harness.listen({ port: taken })).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('in use'),
      });
      other.close();
    });

    it('fails with the reason when the host is not an address of this machine', async () => {
      await expect(harness.listen({ host: '192.0.2.1' })).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('192.0.2.1'),
      });
    });

    it.runIf(harness.traits.sharesPort)('shares its port when every listener allows it', async () => {
      const { port } = await harness.listen({ port: await freePort(), shared: true });
      await expect(harness.listen({ port, shared: true })).resolves.toMatchObject({ port });
      await expect(harness.listen({ port })).rejects.toMatchObject({ code: 'config' });
    });

    it.skipIf(harness.traits.sharesPort)('fails with the reason when it can’t share its port', async () => {
      await expect(harness.listen({ shared: true })).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('shared port'),
      });
    });

    it('can listen on the same port again right after it was closed with connections open', async () => {
      const port = await freePort();
      const front = await harness.listen({
        port,
        routes: getX((_request, reply) => reply.send(200, 'text/plain', 'x')),
      });
      const client = await RawClient.open(front.port);
      await client.send(GET);
      await client.response();
      front.close();
      await client.closed();
      await expect(harness.listen({ port: front.port })).resolves.toMatchObject({ port: front.port });
    });

    it('serves open connections after it stopped listening, and accepts no new ones', async () => {
      const front = await harness.listen({ routes: getX((_request, reply) => reply.send(200, 'text/plain', 'x')) });
      const client = await RawClient.open(front.port);
      await client.send(GET);
      expect((await client.response())?.status).toBe(200);
      front.stopListening();
      front.stopListening();
      await client.send(GET);
      expect((await client.response())?.status).toBe(200);
      await expect(RawClient.open(front.port)).rejects.toThrow('ECONNREFUSED');
    });
  });

  describe('a front, when it drains', () => {
    it.each([
      ['GET', GET, 200],
      ['HEAD', 'HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n', 200],
      ['OPTIONS', 'OPTIONS /x HTTP/1.1\r\nHost: x\r\n\r\n', 204],
      ['DELETE', 'DELETE /x HTTP/1.1\r\nHost: x\r\n\r\n', 204],
      ['a refused', 'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n', 404],
    ])(
      'answers %s request on a new or an open connection, says that it closes it, and does',
      async (_of, request, status) => {
        const front = await harness.listen({
          routes: [
            ...getX((_request, reply) => reply.send(200, 'text/plain', 'x')),
            { method: 'DELETE', pattern: '/x', handle: (_request, reply) => reply.send(204, '', '') },
          ],
        });
        const open = await RawClient.open(front.port);
        await open.send(GET);
        expect((await open.response())?.headers.connection).not.toBe('close');
        front.drain();
        for (const client of [open, await RawClient.open(front.port)]) {
          await client.send(request);
          const answer = await client.response({ bodiless: request.startsWith('HEAD') });
          expect(answer).toMatchObject({ status, headers: { connection: 'close' } });
          expect(await client.closed()).toBe('');
        }
      },
    );

    it('answers a request that was given before the drain, and closes its connection', async () => {
      const kept = keeper();
      const front = await harness.listen({ routes: getX(kept.handle) });
      const client = await RawClient.open(front.port);
      await client.send(GET);
      await kept.first;
      front.drain();
      front.stopListening();
      const ended = front.idle(60_000).then(() => front.close());
      kept.replies[0]?.send(200, 'text/plain', 'kept');
      expect(await client.response()).toMatchObject({ status: 200, body: 'kept', headers: { connection: 'close' } });
      await ended;
    });

    it('answers a request that was sent on an open connection before the end', async () => {
      const front = await harness.listen({ routes: getX((_request, reply) => reply.send(200, 'text/plain', 'x')) });
      const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(front.port)));
      for (const client of clients) await client.send(GET);
      for (const client of clients) expect((await client.response())?.status).toBe(200);
      const sent = clients.map((client) => client.send(GET));
      front.drain();
      front.stopListening();
      await front.idle(60_000);
      front.close();
      await Promise.all(sent);
      for (const client of clients) expect((await client.response())?.status).toBe(200);
    });
  });

  describe('a front, when it ends', () => {
    it('sends the last answer before it closes, also one that was given synchronously', async () => {
      const front = await harness.listen({
        routes: [{ method: 'POST', pattern: '/x', handle: (_request, reply) => reply.send(200, 'text/plain', 'last') }],
      });
      const client = await RawClient.open(front.port);
      await client.send('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{');
      const ended = front.idle(60_000).then(() => front.close());
      await client.send('}');
      await ended;
      expect((await client.response())?.body).toBe('last');
    });
  });
}
