export const AUDITED_SOURCES = ['ledger', 'queue', 'log', 'store', 'timeline'] as const;

/** Where the entries are that an audit reads. */
export type AuditedSource = (typeof AUDITED_SOURCES)[number];

/** How far an audit is. It reads one source after the other, and all of them again if it has found something. */
export interface AuditProgress {
  readonly saleId: string;
  readonly source: AuditedSource;
  /** Entries of all sources that were read so far. */
  readonly entries: number;
}

export type OnEntries = (source: AuditedSource, entries: number) => void;

/** Adds up what an audit has read. */
export function countEntries(saleId: string, onProgress: ((progress: AuditProgress) => void) | undefined): OnEntries {
  let read = 0;
  return (source, entries) => {
    read += entries;
    onProgress?.({ saleId, source, entries: read });
  };
}

/** At most one call in `everyMs`, and none before so much time has passed: a short audit needs no progress. */
export function seldom(
  report: (progress: AuditProgress) => void,
  { everyMs, monotonic }: { readonly everyMs: number; readonly monotonic: () => number },
): (progress: AuditProgress) => void {
  const last = new Map<string, number>();
  return (progress) => {
    const now = monotonic();
    const before = last.get(progress.saleId);
    if (before !== undefined && now - before < everyMs) return;
    last.clear();
    last.set(progress.saleId, now);
    if (before !== undefined) report(progress);
  };
}
