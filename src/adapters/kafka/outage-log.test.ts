import { expect, it } from 'vitest';
import { OutageLog } from './outage-log.ts';

it('logs each reason once until the outage is over', () => {
  const lines: string[] = [];
  const outage = new OutageLog((line) => lines.push(line));
  for (const line of ['a', 'a', 'b', 'a', 'b']) outage.report(line);
  outage.recovered();
  outage.report('b');

  expect(lines).toEqual(['a', 'b', 'b']);
});
