import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { HttpDriver, type HttpFrontTraits, type HttpFrontUnderTest } from './driver.ts';
import { framingInput } from './framing.ts';
import { purchaseInput } from './purchases.ts';
import { requestInput } from './requests.ts';
import { tokenInput } from './tokens.ts';

/** What every front, with the whole application behind it, must do with valid, invalid and hostile input. */
export function httpInputContract(start: () => Promise<HttpFrontUnderTest>, traits: HttpFrontTraits): void {
  const http = new HttpDriver(traits);

  beforeAll(async () => {
    http.front = await start();
  });
  afterAll(() => http.front.stop(http.bought));
  afterEach(async () => {
    http.hangUp();
    // After every test the front must still serve the next client.
    const health = await http.ask('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(health).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    http.hangUp();
  });

  purchaseInput(http);
  framingInput(http);
  tokenInput(http);
  requestInput(http);
}
