import { expect, it, onTestFinished } from 'vitest';
import { createEmbeddedLiveState } from '../../../src/adapters/embedded/live-state.ts';
import { openEmbeddedFile } from '../embedded-file.ts';
import { liveStateContract } from './suite.ts';

liveStateContract('the embedded file', async () => {
  const { engine, reopen, close } = await openEmbeddedFile();
  return {
    live: createEmbeddedLiveState(engine),
    reopen: async () => createEmbeddedLiveState(await reopen()),
    close,
  };
});

it('has a long timeline in pages of a bounded length, each second once', async () => {
  const { engine, close } = await openEmbeddedFile();
  onTestFinished(close);
  const live = createEmbeddedLiveState(engine);
  const seconds = Array.from({ length: 8000 }, (_, n) => 1_900_000_000 + n);
  await live.apply(
    0,
    seconds.map((second, offset) => ({ saleId: 's', offset, second, reserved: 1 })),
  );
  const lengths: number[] = [];
  const found: number[] = [];
  for await (const page of live.timelinePages('s')) {
    lengths.push(page.length);
    found.push(...page.map(({ second }) => second));
  }
  expect(Math.max(...lengths)).toBeLessThanOrEqual(4000);
  expect(found).toEqual(seconds);
});
