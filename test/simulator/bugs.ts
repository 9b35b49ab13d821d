/**
 * Bugs that can be planted, to see that the checks would find them. Each is one that somebody might really write; where it
 * is planted the code says `bugs.has(...)`.
 */
export const BUGS = {
  releaseByTicket: 'the queue takes a ticket back from whoever holds it now',
  releaseTwice: 'a ticket that is released twice is in the queue twice',
  keyForgottenOnRelease: 'a key is forgotten when its order gives the ticket back',
  limitNotChecked: 'the queue does not count what a buyer holds already',
  replyBeforeReport: 'a purchase is answered before the log has its record',
  publishedBeforeAppend: 'a reservation is marked published before its record is in the log',
  relayNewIds: 'the relay publishes with new order ids',
  noRelay: 'nobody relays what a dead front left behind',
  ackBeforeStore: 'a worker acknowledges what it has not stored',
  positionBeforeRows: 'positions are committed before the rows',
  noUniqueOrderId: 'a redelivered order replaces what became of the first one',
  expirePaid: 'an expiry does not look at the state of an order',
  captureEnded: 'a late payment pays an order that has ended',
  outboxForgotten: 'the row does not say that the queue is owed a ticket',
  returnBeforeEnd: 'a ticket goes back on sale before its order has ended',
  refundTwice: 'money goes back each time that it is asked for',
  expireEarly: 'orders expire a while before their deadline',
  replayUnpublished: 'a replay is answered although its record may not be in the log',
  publishedOfAnyEpoch: 'a mark of an older epoch takes a reservation off the relay’s list',
  noEpoch: 'the queue looks at nobody’s epoch',
  noFence: 'a queue that lost its last changes goes on as if nothing had happened',
  rebuildBegunAgain: 'a repeated call drops what a recovery has built so far, and the recovery goes on',
  rebuildForgetsLedger: 'a rebuilt queue has the tickets too that orders hold',
  noFences: 'a recovery writes no fences',
  nothingRejected: 'the settlement stores what stands behind a fence',
  recoveryWithoutWorkers: 'a recovery does not wait until the workers have passed its fences',
  recoveryWithoutWait: 'a recovery does not wait out the deadline',
  lateReplies: 'a front answers 201 however late it is',
  deadlineJudgedLate: 'a front counts the deadline from a while after a request was received',
  deadlineAtFrontsOnly: 'a longer deadline reaches the fronts and not the recovery',
  settingReachesFrontsOnly: 'a change of the settings reaches the fronts and no other role',
  admissionStaysNarrow: 'a front that was overloaded once admits nothing any more',
  halfOpenForAll: 'a breaker that may try lets every call through',
  endedOrdersForgotten: 'a recovery forgets the keys of orders that have ended',
  noUniqueTicket: 'the store has no unique key over live tickets',
  replayTellsStateNow: 'a replay tells what the order is now instead of what it was',
  doubledDeltas: 'the live state applies redelivered deltas again',
} as const;

export type Bug = keyof typeof BUGS;

export type Bugs = ReadonlySet<Bug>;

export const NO_BUGS: Bugs = new Set();

export function bugNames(): readonly Bug[] {
  return Object.keys(BUGS) as Bug[];
}
