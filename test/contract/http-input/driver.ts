import { expect } from 'vitest';
import { issueToken } from '../../../src/api/auth/issue-token.ts';
import { RawClient, type RawResponse } from '../../support/raw-http.ts';

export interface HttpFrontUnderTest {
  readonly port: number;
  /** The key of the tokens, HS256. */
  readonly secret: string;
  /** An open sale that does not run out, and whose limit is never reached. */
  readonly saleId: string;
  /** The number of orders that a user has. */
  readonly ordersOf: (userId: string) => Promise<number>;
  /** Closes the front, and checks that the orders which were answered still exist. */
  readonly stop: (bought: readonly string[]) => Promise<void>;
}

export interface HttpFrontTraits {
  /** Whether a request line may arrive in two TCP segments, split anywhere. */
  readonly splitRequestLine: boolean;
  /** Whether its parser refuses characters that are invalid in a path (a raw byte over 127) or a header (DEL). */
  readonly strictCharacters: boolean;
}

/** As the front is configured. */
export const MAX_BODY = 16 * 1024;

/** Sends raw requests to the front under test, and checks the answers. */
export class HttpDriver {
  /** The connection opened last. */
  client!: RawClient;
  front!: HttpFrontUnderTest;
  /** Ids of the orders in all 201s so far. */
  readonly bought: string[] = [];
  readonly #clients: RawClient[] = [];
  #users = 0;

  constructor(readonly traits: HttpFrontTraits) {}

  async open(): Promise<RawClient> {
    this.client = await RawClient.open(this.front.port);
    this.#clients.push(this.client);
    return this.client;
  }

  hangUp(): void {
    for (const client of this.#clients.splice(0)) client.hangUp();
  }

  /** The answer to a request on a new connection, each part sent as a separate segment. */
  async ask(...parts: readonly string[]): Promise<RawResponse | undefined> {
    const client = await this.open();
    await client.send(...parts);
    const response = await client.response({ bodiless: parts[0]?.startsWith('HEAD') ?? false });
    if (response?.status === 201) this.bought.push(String(this.json(response).id));
    return response;
  }

  newUser(): { readonly userId: string; readonly authorization: string } {
    this.#users += 1;
    const userId = `input-${process.pid}-${this.#users}`;
    return { userId, authorization: `Authorization: Bearer ${this.tokenOf(userId)}\r\n` };
  }

  tokenOf(userId: string): string {
    return issueToken({ secret: this.front.secret, userId, role: 'buyer', ttlSeconds: 60 });
  }

  /** A purchase as text, with a Content-Length unless the headers have a framing already. */
  purchase(headers: string, body = '', saleId = this.front.saleId): string {
    const framed = /^content-length:|^transfer-encoding:/im.test(headers);
    const length = framed ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    return `POST /v1/sales/${saleId}/purchases HTTP/1.1\r\nHost: x\r\n${headers}${length}\r\n${body}`;
  }

  json(response: RawResponse | undefined): Record<string, unknown> {
    return JSON.parse(response?.body ?? '') as Record<string, unknown>;
  }

  expectProblem(response: RawResponse | undefined, status: number, code: string): void {
    expect(response?.headers['content-type']).toBe('application/problem+json');
    const body = this.json(response);
    expect(body).toMatchObject({ status, code, type: `urn:floodgate:problem:${code}` });
    expect(response?.status).toBe(status);
    expect(body.instance).toBe(response?.headers['x-request-id']);
  }

  /** Sends a purchase that must be refused, and checks that it bought nothing. */
  async expectRefused(status: number, code: string, headers: string, body = ''): Promise<RawResponse | undefined> {
    const { userId, authorization } = this.newUser();
    const response = await this.ask(this.purchase(authorization + headers, body));
    this.expectProblem(response, status, code);
    expect(await this.front.ordersOf(userId)).toBe(0);
    return response;
  }
}
