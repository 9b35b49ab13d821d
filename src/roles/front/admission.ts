import { BehaviorSubject, combineLatest, map, type Observable, tap } from 'rxjs';
import { isFault } from '../../domain/errors.ts';
import { Admission } from '../../resilience/admission.ts';
import type { BatchLoad } from '../../streams/operators/batch-map.ts';
import type { AnsweredBatch, PurchaseLimits } from '../../streams/purchase/contract.ts';

export interface AdmissionControl {
  /** The limits of the purchase stream, narrowed to what queue and log can currently handle. */
  readonly limits$: Observable<PurchaseLimits>;
  /** Call for each batch when it is answered, at monotonic milliseconds. */
  readonly learn: (batch: AnsweredBatch, load: BatchLoad, now: number) => void;
}

/**
 * The limits of the purchase stream: they follow the settings, and are narrowed while more arrives than can be served.
 */
export function createAdmission(initial: PurchaseLimits, setting$: Observable<PurchaseLimits>): AdmissionControl {
  const admission = new Admission(initial);
  const narrowed$ = new BehaviorSubject<void>(undefined);
  const configured$ = setting$.pipe(tap((configured) => admission.configure(configured)));

  return {
    limits$: combineLatest([configured$, narrowed$]).pipe(map(([configured]) => admission.narrowed(configured))),
    learn: ({ outcomes, fault, tookMs }, { waiting, underWay }, now) => {
      // Dropping a late purchase is quick: counted as served, it would justify the backlog that made it late.
      const size = outcomes.filter(({ kind }) => kind !== 'overloaded').length;
      // A refused connection would look like a fast server; a timeout is a slow one.
      const asked = size > 0 && (fault === undefined || isFault(fault, 'timeout'));
      const mayDiffer = admission.observe({ size, tookMs: asked ? tookMs : undefined, underWay, waiting }, now);
      if (mayDiffer) narrowed$.next();
    },
  };
}
