import { afterEach } from 'vitest';
import type { ListenHttp } from '../../src/ports/http.ts';
import { liveClosing } from './live-front-closing.ts';
import { liveFrames } from './live-front-frames.ts';
import { LiveFrontHarness, type LiveFrontTraits } from './live-front-harness.ts';
import { liveSlowReaders } from './live-front-slow.ts';
import { liveTopics } from './live-front-topics.ts';
import { liveUpgrade } from './live-front-upgrade.ts';

/** What the WebSockets of every front must do. */
export function liveFrontContract(listen: ListenHttp, traits: LiveFrontTraits): void {
  const harness = new LiveFrontHarness(listen, traits);
  afterEach(() => harness.stop());

  liveUpgrade(harness);
  liveFrames(harness);
  liveTopics(harness);
  liveSlowReaders(harness);
  liveClosing(harness);
}
