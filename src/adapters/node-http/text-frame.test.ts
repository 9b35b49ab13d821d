import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { textFrame } from './text-frame.ts';

/** Unknown to the types of ws. */
const { Receiver } = createRequire(import.meta.url)('ws') as {
  readonly Receiver: new (options: { readonly isServer: boolean }) => Writable;
};

it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])(
  'textFrame makes a frame of %i bytes that ws reads',
  async (length) => {
    const receiver = new Receiver({ isServer: false });
    const read = new Promise<string>((resolve, reject) => {
      receiver.on('message', (data: Buffer) => resolve(data.toString()));
      receiver.on('error', reject);
    });
    const text = length > 1 ? `é${'x'.repeat(length - 2)}` : 'x'.repeat(length);
    receiver.write(textFrame(text));
    expect(await read).toBe(text);
  },
);
