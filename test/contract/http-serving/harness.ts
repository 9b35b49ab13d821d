import { once } from 'node:events';
import { createServer } from 'node:net';
import { refuse } from '../../../src/api/http/refuse.ts';
import type { HttpFront, HttpFrontOptions, HttpReply, HttpRequest, ListenHttp } from '../../../src/ports/http.ts';
import { openShop, type Shop, saleNamed } from '../../support/shop.ts';

/** Where fronts may differ. */
export interface HttpServingTraits {
  /** Whether several processes may listen on one port. */
  readonly sharesPort: boolean;
}

/** Starts fronts, and closes them at the end. */
export class HttpServingHarness {
  readonly #fronts: HttpFront[] = [];

  constructor(
    private readonly listenFront: ListenHttp,
    readonly traits: HttpServingTraits,
  ) {}

  async listen(options: Partial<HttpFrontOptions> = {}): Promise<HttpFront> {
    const front = await this.listenFront({
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 100,
      routes: [],
      refuse,
      onError: () => {},
      ...options,
    });
    this.#fronts.push(front);
    return front;
  }

  /** The whole API, with a sale named demo. */
  async openShop(): Promise<Shop> {
    const shop = await openShop(this.listenFront, { sales: [saleNamed('demo')] });
    this.#fronts.push(shop.front);
    return shop;
  }

  stop(): void {
    for (const front of this.#fronts.splice(0)) front.close();
  }
}

/** A free port. Other rules apply to a port that the system chooses (0) than to one that is asked for. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export const GET = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';

export function getX(handle: (request: HttpRequest, reply: HttpReply) => void | Promise<void>) {
  return [{ method: 'GET', pattern: '/x', handle }] as const;
}

/** A handler that collects its replies without answering, and a promise of the first. */
export function keeper() {
  const replies: HttpReply[] = [];
  let firstArrived = (): void => {};
  const first = new Promise<void>((resolve) => {
    firstArrived = resolve;
  });
  const handle = (_request: HttpRequest, reply: HttpReply): void => {
    replies.push(reply);
    firstArrived();
  };
  return { replies, first, handle };
}
