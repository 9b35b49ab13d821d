import type { Scenario } from '../runner/scenario.ts';
import { appendScenario } from './append.ts';
import { fanOutScenario } from './fan-out.ts';
import { liveSaleScenario } from './live-sale.ts';
import { manySalesScenarios } from './many-sales.ts';
import { readScenarios } from './reads.ts';
import { reserveScenario } from './reserve.ts';
import { retryScenarios } from './retries.ts';
import { settlementScenario } from './settlement.ts';
import { soldOutScenarios } from './sold-out.ts';
import { stampedeScenarios } from './stampede.ts';
import { successScenarios } from './success.ts';
import { warmUpScenario } from './warm-up.ts';
import { socketScenarios } from './web-socket.ts';

/** In the order in which they are run and published. */
export const SCENARIOS: readonly Scenario[] = [
  ...successScenarios,
  ...manySalesScenarios,
  ...soldOutScenarios,
  ...stampedeScenarios,
  ...readScenarios,
  ...retryScenarios,
  ...socketScenarios,
  liveSaleScenario,
  fanOutScenario,
  settlementScenario,
  reserveScenario,
  appendScenario,
  warmUpScenario,
];
