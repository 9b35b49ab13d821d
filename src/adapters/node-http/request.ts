import type { IncomingMessage } from 'node:http';
import type { HeaderSource } from '../http/head.ts';

/** Its headers as they were sent, each of two with one name, too: Node's own reading joins some and drops others. */
export function headersOf(req: IncomingMessage): HeaderSource {
  return {
    forEach: (visit) => {
      const raw = req.rawHeaders;
      for (let n = 0; n + 1 < raw.length; n += 2) visit((raw[n] as string).toLowerCase(), raw[n + 1] as string);
    },
  };
}

/** A header by its name in lower case; empty when it wasn't sent. */
export function headerOf(req: IncomingMessage): (name: string) => string {
  return (name) => String(req.headers[name] ?? '');
}

export interface Target {
  readonly path: string;
  readonly query: string;
}

export function targetOf({ url = '' }: IncomingMessage): Target {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
