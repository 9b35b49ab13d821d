import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { WireRequest } from '../../support/load.ts';
import type { LoadOrder, LoadReport } from '../../support/open-loop.ts';
import { OPEN_LOOP } from '../../support/programs.ts';
import { wireOf } from '../../support/requests.ts';

const HALF = 0.5;

export interface HalfLoad {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** The rate of which it is the half. */
  readonly perSecond: number;
  readonly requests: readonly WireRequest[];
}

/** Sends at half the rate, each request when it is due, and times it from then. */
export async function halfLoad({ perSecond, requests, ...rest }: HalfLoad): Promise<LoadReport> {
  const generator = fork(OPEN_LOOP);
  const order: LoadOrder = { ...rest, perSecond: perSecond * HALF, wires: requests.map(wireOf) };
  generator.send(order);
  const [report] = (await once(generator, 'message')) as [LoadReport];
  generator.disconnect();
  return report;
}
