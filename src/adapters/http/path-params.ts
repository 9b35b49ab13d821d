/** Decodes `%xx` in a path parameter; undefined when it is not well-formed UTF-8. */
export function decodeParam(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

export function paramCountOf(pattern: string): number {
  return pattern.split('/:').length - 1;
}
