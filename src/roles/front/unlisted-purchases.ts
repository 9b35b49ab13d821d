import type { Sales } from '../../services/sales.ts';
import { OVERLOADED, outcomeOf, UNKNOWN_SALE } from '../../streams/purchase/batch.ts';
import type { PurchaseRequest } from '../../streams/purchase/request.ts';

/** Purchases of sales that memory does not have, looked up at once; each costs a closure, and the rest is refused. */
const MAX_WAITING = 2048;

/**
 * Purchases of sales that are not among the public ones in memory: most name no sale at all. They wait here, for the look-up
 * that they share, and pass on if the sale exists.
 */
export function unlistedPurchases(
  sales: Pick<Sales, 'findPublic'>,
  submit: (request: PurchaseRequest) => void,
): (request: PurchaseRequest) => void {
  let waiting = 0;
  const lookUp = async (request: PurchaseRequest) => {
    waiting += 1;
    try {
      if ((await sales.findPublic(request.saleId)) === undefined) request.respond(UNKNOWN_SALE);
      else submit(request);
    } catch (fault) {
      request.respond(outcomeOf(fault));
    } finally {
      waiting -= 1;
    }
  };
  return (request) => {
    if (waiting >= MAX_WAITING) request.respond(OVERLOADED);
    else void lookUp(request);
  };
}
