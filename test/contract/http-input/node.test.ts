import { describe } from 'vitest';
import { listenNode } from '../../../src/adapters/node-http/listen.ts';
import { openShop, SHOP_SECRET, saleNamed } from '../../support/shop.ts';
import { httpInputContract } from './suite.ts';

describe('HTTP input on node:http', () => {
  httpInputContract(
    async () => {
      const { front, orders } = await openShop(listenNode, { sales: [saleNamed('demo')] });
      return {
        port: front.port,
        secret: SHOP_SECRET,
        saleId: 'demo',
        ordersOf: async (userId) => orders.filter((order) => order.userId === userId).length,
        stop: async () => front.close(),
      };
    },
    { splitRequestLine: true, strictCharacters: true },
  );
});
