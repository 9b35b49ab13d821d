import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { HttpDriver, type HttpFrontTraits, type HttpFrontUnderTest } from './http-driver.ts';
import { framingInput } from './http-framing.ts';
import { purchaseInput } from './http-purchases.ts';
import { requestInput } from './http-requests.ts';
import { tokenInput } from './http-tokens.ts';

/** What every front, and the whole application behind it, must do with good, bad and hostile input. */
export function httpInputContract(start: () => Promise<HttpFrontUnderTest>, traits: HttpFrontTraits): void {
  const http = new HttpDriver(traits);

  beforeAll(async () => {
    http.front = await start();
  });
  afterAll(() => http.front.stop(http.bought));
  afterEach(async () => {
    http.hangUp();
    // Whatever a test did, the front lives, and the next client is served.
    const health = await http.ask('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(health).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    http.hangUp();
  });

  purchaseInput(http);
  framingInput(http);
  tokenInput(http);
  requestInput(http);
}
