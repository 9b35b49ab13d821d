import type { Phase } from '../../src/client/index.ts';

/** A sale as `GET /v1/sales` returns it. */
export interface SaleJson {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly imageUrl?: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly total: number;
  readonly remaining: number;
  readonly perBuyerLimit: number;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly payWithinSeconds: number;
  readonly phase: Phase;
  readonly serverTime: string;
}
