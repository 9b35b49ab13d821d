const VERSION = /^(?:"(\d{1,9})"|(\d{1,9}))$/;

/** Stands for a tag that no version has: what is asked for is never found unchanged. */
const NO_VERSION = -1;

/**
 * The version that an If-Match header names (`"3"`, as the ETag, or a bare `3`); undefined for none and for `*`, which any
 * version fits. RFC 9110 lets a weak tag match nothing.
 */
export function expectedVersion(ifMatch: string): number | undefined {
  const tag = ifMatch.trim();
  if (tag === '' || tag === '*') return undefined;
  const [, quoted, bare] = VERSION.exec(tag) ?? [];
  return Number(quoted ?? bare ?? NO_VERSION);
}

export function etagOf(version: number): string {
  return `"${version}"`;
}
