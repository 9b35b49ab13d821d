import { IncomingMessage } from 'node:http';

/**
 * Makes the class of a server's requests, one that can say of itself whether it is an upgrade. Node takes every request
 * with an Upgrade header for one as soon as a server listens to `upgrade`; but some HTTP clients offer h2c with whatever
 * they ask, and must be answered over HTTP/1.1. Newer versions of Node have an option for it, 20 has not: there the
 * parser sets `upgrade` when a client asks, and the server reads it to decide.
 */
export function upgradable(isUpgrade: (request: IncomingMessage) => boolean): typeof IncomingMessage {
  return class Upgradable extends IncomingMessage {
    #asked = false;

    get upgrade(): boolean {
      // CONNECT has no answer in HTTP: nobody listens to it, and Node ends its connection.
      return this.#asked && (this.method === 'CONNECT' || isUpgrade(this));
    }

    set upgrade(asked: boolean | null) {
      // The constructor above sets it too, before there is anything to set.
      if (#asked in this) this.#asked = asked === true;
    }
  };
}
