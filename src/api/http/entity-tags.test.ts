import { describe, expect, it } from 'vitest';
import { namesTag, tagsOf } from './entity-tags.ts';

describe('a list of entity tags', () => {
  it.each([
    ['"3"', ['"3"']],
    [' "3" , W/"4",5 ', ['"3"', 'W/"4"', '5']],
    ['"a,b","c"', ['"a,b"', '"c"']],
    [',, "3",,', ['"3"']],
    ['"open', ['"open']],
    ['', []],
  ])('is read: %j', (list, tags) => expect(tagsOf(list)).toEqual(tags));

  it('names a tag, weakly compared, anywhere in it', () => {
    for (const list of ['"3"', 'W/"3"', '"1", "3"', 'W/"1" ,W/"3",', '*', ' * '])
      expect(namesTag(list, '"3"'), list).toBe(true);
    for (const list of ['', '"4"', '3', '"33"', '"1, 3"', 'w/"3"']) expect(namesTag(list, '"3"'), list).toBe(false);
  });
});
