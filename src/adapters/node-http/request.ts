import { IncomingMessage } from 'node:http';
import type { HeaderSource } from '../http/head.ts';

/** The headers as they were sent, duplicates included, of which Node's own object joins some and drops others. */
export function headersOf(req: IncomingMessage): HeaderSource {
  return {
    forEach: (visit) => {
      const raw = req.rawHeaders;
      for (let n = 0; n + 1 < raw.length; n += 2) visit((raw[n] as string).toLowerCase(), raw[n + 1] as string);
    },
  };
}

/** Gives a header by its name in lower case; empty when it was not sent. */
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

/**
 * Makes the class of a server's requests, which decides by itself whether a request is an upgrade. As soon as a server
 * listens to `upgrade`, Node emits it for every request with an Upgrade header; but some HTTP clients offer h2c with every
 * request, and must be answered over HTTP/1.1. Newer versions of Node have an option for this, Node 20 has none: there the
 * parser sets the property `upgrade`, and the server reads it to decide.
 */
export function createRequestClass(isUpgrade: (request: IncomingMessage) => boolean): typeof IncomingMessage {
  return class Request extends IncomingMessage {
    #requested = false;

    get upgrade(): boolean {
      // CONNECT has no answer in HTTP: without a listener for it, Node closes its connection.
      return this.#requested && (this.method === 'CONNECT' || isUpgrade(this));
    }

    set upgrade(requested: boolean | null) {
      // The constructor of IncomingMessage sets it before this class has its fields.
      if (#requested in this) this.#requested = requested === true;
    }
  };
}
