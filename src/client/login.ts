import type { ClientFrame, ProblemJson } from './protocol.ts';

/** The server's answer to the token. */
export type LoginResult =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly problem: ProblemJson };

export interface LoginOptions {
  readonly nextId: () => number;
  readonly send: (frame: ClientFrame) => void;
  /** Purchases may be sent: the token was answered, or there is none. */
  readonly onReady: () => void;
  readonly onResult: (result: LoginResult) => void;
}

/** Sends the token on each connection. Purchases wait for the answer, because one that is sent earlier would be refused. */
export class Login {
  readonly #options: LoginOptions;
  #token: string | undefined;
  #connected = false;
  #requestId: number | undefined;

  constructor(token: string | undefined, options: LoginOptions) {
    this.#token = token;
    this.#options = options;
  }

  get ready(): boolean {
    return this.#connected && this.#requestId === undefined;
  }

  connected(): void {
    this.#connected = true;
    this.#authenticate();
  }

  lost(): void {
    this.#connected = false;
    this.#requestId = undefined;
  }

  change(token: string): void {
    this.#token = token;
    if (this.#connected) this.#authenticate();
  }

  /** Returns whether `id` was that of the current token; the answer to a replaced token is ignored. */
  answered(id: number, result: LoginResult): boolean {
    if (id !== this.#requestId) return false;
    this.#requestId = undefined;
    this.#options.onResult(result);
    this.#options.onReady();
    return true;
  }

  #authenticate(): void {
    const { nextId, send, onReady } = this.#options;
    if (this.#token === undefined) {
      onReady();
    } else {
      this.#requestId = nextId();
      send({ type: 'auth', id: this.#requestId, token: this.#token });
    }
  }
}
