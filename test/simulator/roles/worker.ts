import { defer } from 'rxjs';
import { liveView } from '../../../src/streams/live-view.ts';
import { settlement } from '../../../src/streams/settlement.ts';
import { createFences } from '../../../src/streams/settlement-fences.ts';
import { hastyChunks, hastyStore } from './planted.ts';
import { lowFences } from './planted-recovery.ts';
import { type RoleParts, TIMES } from './role.ts';

export const SETTLEMENT_GROUP = 'settlement';
const LIVE_VIEW_GROUP = 'live-view';
const MAX_IN_FLIGHT = 12;

/** The worker: the real settlement and live view, wired as the composition root does. */
export function startWorker(parts: RoleParts): void {
  const { process, ports, eventBus: newsroom, bugs, onViolation } = parts;
  const { scheduler } = process;
  const backoff = { ...TIMES.backoff, random: process.world.random.next };
  const fences = createFences(ports.store, SETTLEMENT_GROUP);
  const events = newsroom.busOf(process);

  settlement(
    hastyChunks(
      defer(() =>
        ports.log.consume({
          group: SETTLEMENT_GROUP,
          maxInFlight: MAX_IN_FLIGHT,
          ...(bugs.has('ackBeforeStore') ? {} : { positionOf: fences.positionOf }),
        }),
      ),
      parts,
    ),
    { store: hastyStore(parts), log: ports.log, fences: lowFences(fences, parts), events },
    { group: SETTLEMENT_GROUP, batchSize: 8, batchMs: 5, maxAttempts: 3, backoff, scheduler },
  ).subscribe({ error: (error: unknown) => onViolation(`the settlement failed: ${String(error)}`) });

  liveView(
    defer(() => ports.log.consume({ group: LIVE_VIEW_GROUP, maxInFlight: MAX_IN_FLIGHT })),
    ports,
    { group: LIVE_VIEW_GROUP, batchSize: 8, batchMs: 5, backoff, scheduler },
  ).subscribe({ error: (error: unknown) => onViolation(`the live view failed: ${String(error)}`) });
}
