import { deferrable } from '../op.ts';
import { freshTickets, heldByBuyers, ledgerPage, returnedPage, snapshot } from './audit.ts';
import { claimStranded, published, withUnpublished } from './pending.ts';
import { forfeit, release } from './release.ts';
import { remove } from './remove.ts';
import { find } from './reservations.ts';
import { reserve } from './reserve.ts';
import { close, load, stock, update } from './sale.ts';
import { sell } from './sell.ts';

export const QUEUE_OPS = {
  'queue.load': load,
  'queue.reserve': reserve,
  'queue.sell': sell,
  'queue.published': deferrable(published),
  'queue.claimStranded': claimStranded,
  'queue.withUnpublished': withUnpublished,
  'queue.release': release,
  'queue.forfeit': forfeit,
  'queue.update': update,
  'queue.close': close,
  'queue.remove': deferrable(remove),
  'queue.stock': stock,
  'queue.find': find,
  'queue.snapshot': snapshot,
  'queue.ledgerPage': ledgerPage,
  'queue.freshTickets': freshTickets,
  'queue.returnedPage': returnedPage,
  'queue.heldByBuyers': heldByBuyers,
};
