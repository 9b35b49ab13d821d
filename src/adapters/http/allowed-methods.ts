import type { HttpRoute } from '../../ports/http.ts';

/**
 * Makes a function that lists the methods of a path, as for the Allow header; empty when there is no such path. It is
 * called only when no route has matched, so it may be slow.
 */
export function createAllowedMethods(routes: readonly HttpRoute[]): (path: string) => readonly string[] {
  const patterns = routes.map(({ pattern, method }) => ({
    segments: pattern.split('/'),
    methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
  }));
  return (path) => {
    const segments = path.split('/');
    const methods = patterns
      .filter((pattern) => matches(pattern.segments, segments))
      .flatMap((pattern) => pattern.methods);
    return methods.length === 0 ? [] : [...new Set(methods), 'OPTIONS'];
  };
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, n) => (segment.startsWith(':') ? path[n] !== '' : segment === path[n]))
  );
}
