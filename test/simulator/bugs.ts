/**
 * Bugs that can be planted, to verify that the checks detect them. Each is a mistake that could really be made; the
 * code where it is planted says `bugs.has(...)`.
 */
export const BUGS = {
  releaseByTicket: 'the queue takes a released ticket from its current holder',
  releaseTwice: 'a ticket released twice is in the queue twice',
  keyForgottenOnRelease: 'a key is dropped when its order releases the ticket',
  limitNotChecked: 'the queue does not count the tickets that a buyer holds already',
  replyBeforeAppend: 'a purchase is answered before the log has its record',
  publishedBeforeAppend: 'a reservation is marked published before its record is in the log',
  relayNewIds: 'the relay publishes with new order ids',
  noRelay: 'reservations of a dead front are not relayed',
  ackBeforeStore: 'a worker acknowledges entries that it has not stored',
  positionBeforeRows: 'positions are committed before the rows',
  noUniqueOrderId: 'a redelivered order overwrites the state of the stored one',
  expirePaid: 'an expiry ignores the state of an order',
  captureEnded: 'a late payment pays an order that has ended',
  outboxForgotten: 'the row does not record that the queue is owed a ticket',
  returnBeforeEnd: 'a ticket goes back on sale before its order has ended',
  refundTwice: 'each refund request pays the money back again',
  refundWithoutKey: 'a repeated refund request is another refund',
  refundNotInOrder: 'a refund is recorded, but not with its order',
  refundKeepsTickets: 'a refund that returns the tickets does not record that the queue is owed them',
  holdIgnored: 'an expiry ends orders that are held for their payments',
  rebookedAndRefunded: 'money that has bought tickets late is given back as well',
  lateMoneyKept: 'late money that can buy no tickets is not given back',
  expireEarly: 'orders expire before their deadline',
  replayUnpublished: 'a replay is answered although its record may not be in the log',
  publishedOfAnyEpoch: 'a mark of an older epoch takes a reservation off the relay’s list',
  noEpoch: 'the queue ignores epochs',
  noFence: 'a queue that lost its last changes continues unfenced',
  rebuildRestarted: 'a repeated call discards what a recovery has built so far, and the recovery continues',
  rebuildForgetsLedger: 'a rebuilt queue also contains tickets that orders hold',
  noFences: 'a recovery writes no fences',
  nothingRejected: 'the settlement stores what lies behind a fence',
  recoveryWithoutWorkers: 'a recovery does not wait until the workers have passed its fences',
  recoveryWithoutWait: 'a recovery does not wait out the deadline',
  lateReplies: 'a front answers 201 however late it is',
  deadlineJudgedLate: 'a front counts the deadline from a time after the receipt of a request',
  deadlineAtFrontsOnly: 'a longer deadline reaches the fronts but not the recovery',
  settingReachesFrontsOnly: 'a settings change reaches the fronts but no other role',
  admissionStaysNarrow: 'a front that was overloaded once admits no more purchases',
  halfOpenForAll: 'a half-open breaker lets every call through',
  endedOrdersForgotten: 'a recovery drops the keys of ended orders',
  noUniqueTicket: 'the store has no unique key over live tickets',
  replayShowsCurrentState: 'a replay answers with the order’s current state instead of its original one',
  partOfAnOrder: 'a purchase of more tickets than are left gets those that are left',
  limitCountsOrders: 'the limit counts a buyer’s orders instead of their tickets',
  quantityNotInFingerprint: 'a key stands for any quantity',
  replayOfOneTicket: 'a replay answers with one ticket of an order of several',
  oneTicketReleased: 'of an order of several tickets only one is returned',
  pausedSaleSells: 'the queue sells while the sale is paused',
  olderChangeApplies: 'a change of the sale that arrives late undoes a later one',
  stockAddedAgain: 'a repeated call adds the tickets once more',
  archiveUnsettled: 'a sale is archived while the queue knows reservations that nothing else does',
  recoveryOfArchived: 'a recovery does not look whether the sale it rebuilds is archived',
  jobSteeredLate: 'a stop of a job that was given up, and arrives late, undoes the resume behind it',
  jobRefundsAnew: 'a job that handles a batch again refunds under other ids',
  doubledDeltas: 'the live state applies redelivered deltas again',
} as const;

export type Bug = keyof typeof BUGS;

export type Bugs = ReadonlySet<Bug>;

export const NO_BUGS: Bugs = new Set();

export function bugNames(): readonly Bug[] {
  return Object.keys(BUGS) as Bug[];
}
