import { EntitySchema } from '@mikro-orm/core';
import type { Sale, SaleStatus } from '../../domain/sale.ts';
import { wholeNumber } from './column-types.ts';

/** A row of `sales`. */
export interface SaleRow {
  id: string;
  productId: string;
  title: string;
  description: string;
  imageUrl: string | null;
  priceAmount: number;
  priceCurrency: string;
  total: number;
  perBuyerLimit: number;
  opensAt: number;
  closesAt: number;
  payWithinSeconds: number;
  status: SaleStatus;
  epoch: number;
  version: number;
}

export const SaleEntity = new EntitySchema<SaleRow>({
  name: 'Sale',
  tableName: 'sales',
  properties: {
    id: { type: 'string', primary: true },
    productId: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'text' },
    imageUrl: { type: 'string', nullable: true },
    priceAmount: { type: wholeNumber() },
    priceCurrency: { type: 'string' },
    total: { type: 'integer' },
    perBuyerLimit: { type: 'integer' },
    opensAt: { type: wholeNumber() },
    closesAt: { type: wholeNumber() },
    payWithinSeconds: { type: 'integer' },
    status: { type: 'string' },
    epoch: { type: 'integer' },
    version: { type: 'integer' },
  },
});

export function saleOfRow(row: SaleRow): Sale {
  return {
    id: row.id,
    productId: row.productId,
    title: row.title,
    description: row.description,
    ...(row.imageUrl === null ? {} : { imageUrl: row.imageUrl }),
    price: { amount: row.priceAmount, currency: row.priceCurrency },
    total: row.total,
    perBuyerLimit: row.perBuyerLimit,
    opensAt: row.opensAt,
    closesAt: row.closesAt,
    payWithinSeconds: row.payWithinSeconds,
    status: row.status,
    epoch: row.epoch,
    version: row.version,
  };
}

export function rowOfSale({ price, imageUrl, ...rest }: Sale): SaleRow {
  return { ...rest, imageUrl: imageUrl ?? null, priceAmount: price.amount, priceCurrency: price.currency };
}
