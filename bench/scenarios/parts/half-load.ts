import type { WireRequest } from '../../support/load.ts';
import { openLoad } from '../../support/open-load.ts';
import type { LoadReport } from '../../support/open-loop.ts';
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
export function halfLoad({ perSecond, requests, ...rest }: HalfLoad): Promise<LoadReport> {
  return openLoad({ ...rest, perSecond: perSecond * HALF, wires: requests.map(wireOf) });
}
