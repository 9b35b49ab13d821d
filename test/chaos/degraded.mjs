/** Stops and slows each dependency during a sale. The exit code is 1 when a promise was broken. */
import { parseArgs } from 'node:util';
import { say } from '../../dev/run.mjs';
import { command } from './command.mjs';

const USAGE = `npm run degrade -- [--seconds 20] [--only 'redis stopped']... [--keep-logs]

Sells on a cluster of its own while Redis, Kafka, MySQL and MongoDB are unavailable one after the other, and then slow, each
for the given time. Prints the answers, the breakers' changes, the time until sales resumed, and whether anything was lost.
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', multiple: true },
    'keep-logs': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
if (values.help || !(seconds > 0)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}

await command(async (load) => {
  const { createDegradedBed, isSound, runDegraded } = await load('/test/chaos/degraded/degraded.ts');
  const { OUTAGES } = await load('/test/chaos/degraded/outages.ts');
  const { tableOf } = await load('/test/chaos/degraded/table.ts');
  const bed = await createDegradedBed({ log: say });
  let sound = true;
  try {
    await Promise.all(bed.programs.map((program) => program.start()));
    for (const outage of OUTAGES.filter(({ name }) => values.only?.includes(name) ?? true)) {
      const report = await runDegraded(bed, outage, seconds);
      console.log(tableOf(report));
      sound &&= isSound(report);
    }
  } finally {
    await bed.stop({ keepLogs: values['keep-logs'] || !sound });
    if (!sound) say(`logs: ${bed.folder}`);
  }
  if (!sound) process.exitCode = 1;
});
