import { afterEach } from 'vitest';
import type { ListenHttp } from '../../../src/ports/http.ts';
import { frontClients } from './clients.ts';
import { frontHandlers } from './handlers.ts';
import { HttpServingHarness, type HttpServingTraits } from './harness.ts';
import { frontListening } from './listening.ts';
import { frontStreams } from './streams.ts';

/** What every front must do with its port, its handlers and its clients. */
export function httpServingContract(listen: ListenHttp, traits: HttpServingTraits): void {
  const harness = new HttpServingHarness(listen, traits);
  afterEach(() => harness.stop());

  frontListening(harness);
  frontHandlers(harness);
  frontStreams(harness);
  frontClients(harness);
}
