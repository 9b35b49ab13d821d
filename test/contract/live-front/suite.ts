import { afterEach } from 'vitest';
import type { ListenHttp } from '../../../src/ports/http.ts';
import { liveAdmission } from './admission.ts';
import { liveClosing } from './closing.ts';
import { liveFrames } from './frames.ts';
import { LiveFrontHarness, type LiveFrontTraits } from './harness.ts';
import { liveSlowConsumers } from './slow-consumers.ts';
import { liveTopics } from './topics.ts';
import { liveUpgrade } from './upgrade.ts';

/** What the WebSockets of every front must do. */
export function liveFrontContract(listen: ListenHttp, traits: LiveFrontTraits): void {
  const harness = new LiveFrontHarness(listen, traits);
  afterEach(() => harness.stop());

  liveUpgrade(harness);
  liveAdmission(harness);
  liveFrames(harness);
  liveTopics(harness);
  liveSlowConsumers(harness);
  liveClosing(harness);
}
