import type { HttpMethod, HttpRoute } from '../../ports/http.ts';
import { decodeParam } from '../http/path-params.ts';

export interface RouteEntry {
  readonly route: HttpRoute;
  readonly count: (status: number) => void;
}

export interface RouteMatch extends RouteEntry {
  /** Percent-decoded; undefined when one of them is not well-formed UTF-8. */
  readonly params: readonly string[] | undefined;
}

interface Pattern {
  readonly entry: RouteEntry;
  readonly segments: readonly string[];
}

export type CounterOf = (method: HttpMethod | 'HEAD', pattern: string) => (status: number) => void;

const NO_PARAMS: readonly string[] = [];

/** Finds the route of a method and a path. A pattern without parameters takes precedence over one with. */
export class Router {
  /** By method, then by path. */
  readonly #fixed = new Map<string, Map<string, RouteEntry>>();
  /** By method, then by their number of segments. */
  readonly #patterns = new Map<string, Map<number, Pattern[]>>();

  constructor(routes: readonly HttpRoute[], counterOf: CounterOf) {
    for (const route of routes) {
      this.#add(route.method, { route, count: counterOf(route.method, route.pattern) });
      // Node omits the body of an answer to HEAD.
      if (route.method === 'GET') this.#add('HEAD', { route, count: counterOf('HEAD', route.pattern) });
    }
  }

  find(method: string, path: string): RouteMatch | undefined {
    const fixed = this.#fixed.get(method)?.get(path);
    if (fixed !== undefined) return { ...fixed, params: NO_PARAMS };
    const segments = path.split('/');
    const match = this.#patterns
      .get(method)
      ?.get(segments.length)
      ?.find((pattern) => matches(pattern.segments, segments));
    return match && { ...match.entry, params: paramsOf(match.segments, segments) };
  }

  #add(method: string, entry: RouteEntry): void {
    const { pattern } = entry.route;
    if (!pattern.includes('/:')) {
      getOrAdd(this.#fixed, method, () => new Map()).set(pattern, entry);
      return;
    }
    const segments = pattern.split('/');
    const ofMethod = getOrAdd(this.#patterns, method, () => new Map<number, Pattern[]>());
    getOrAdd(ofMethod, segments.length, () => []).push({ entry, segments });
  }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.every((segment, n) => (segment.startsWith(':') ? path[n] !== '' : segment === path[n]));
}

function paramsOf(pattern: readonly string[], path: readonly string[]): readonly string[] | undefined {
  const params: string[] = [];
  for (const [n, segment] of pattern.entries()) {
    if (!segment.startsWith(':')) continue;
    const param = decodeParam(path[n] ?? '');
    if (param === undefined) return undefined;
    params.push(param);
  }
  return params;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
