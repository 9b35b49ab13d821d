import type { ClientFrame, ProblemJson } from './protocol.ts';

/** Who the connection speaks for. */
export type LoginResult =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly problem: ProblemJson };

export interface LoginOptions {
  readonly nextId: () => number;
  readonly send: (frame: ClientFrame) => void;
  /** Purchases may go out: the token was looked at, or there is none. */
  readonly onReady: () => void;
  readonly onResult: (result: LoginResult) => void;
}

/** Sends the token on each connection. What needs it waits for the answer, so that it is not refused for being early. */
export class Login {
  readonly #options: LoginOptions;
  #token: string | undefined;
  #connected = false;
  #asked: number | undefined;

  constructor(token: string | undefined, options: LoginOptions) {
    this.#token = token;
    this.#options = options;
  }

  get ready(): boolean {
    return this.#connected && this.#asked === undefined;
  }

  connected(): void {
    this.#connected = true;
    this.#ask();
  }

  lost(): void {
    this.#connected = false;
    this.#asked = undefined;
  }

  change(token: string): void {
    this.#token = token;
    if (this.#connected) this.#ask();
  }

  /** Whether `id` was the token's; one that has been replaced meanwhile is told to nobody. */
  answered(id: number, result: LoginResult): boolean {
    if (id !== this.#asked) return false;
    this.#asked = undefined;
    this.#options.onResult(result);
    this.#options.onReady();
    return true;
  }

  #ask(): void {
    const { nextId, send, onReady } = this.#options;
    if (this.#token === undefined) {
      onReady();
    } else {
      this.#asked = nextId();
      send({ type: 'auth', id: this.#asked, token: this.#token });
    }
  }
}
