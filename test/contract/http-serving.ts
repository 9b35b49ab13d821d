import { afterEach } from 'vitest';
import type { ListenHttp } from '../../src/ports/http.ts';
import { frontClients } from './http-serving-clients.ts';
import { frontHandlers } from './http-serving-handlers.ts';
import { HttpServingHarness, type HttpServingTraits } from './http-serving-harness.ts';
import { frontListening } from './http-serving-listening.ts';

/** What every front must do with its port, its handlers and its clients. */
export function httpServingContract(listen: ListenHttp, traits: HttpServingTraits): void {
  const harness = new HttpServingHarness(listen, traits);
  afterEach(() => harness.stop());

  frontListening(harness);
  frontHandlers(harness);
  frontClients(harness);
}
