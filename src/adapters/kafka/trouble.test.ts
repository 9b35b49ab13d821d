import { expect, it } from 'vitest';
import { Trouble } from './trouble.ts';

it('tells each trouble once until it is over', () => {
  const lines: string[] = [];
  const trouble = new Trouble((line) => lines.push(line));
  for (const line of ['a', 'a', 'b', 'a', 'b']) trouble.report(line);
  trouble.over();
  trouble.report('b');

  expect(lines).toEqual(['a', 'b', 'b']);
});
