import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRow } from './csv.ts';

describe('csvRow', () => {
  it.each([
    [['a', 1, undefined, ''], 'a,1,,\r\n'],
    [['a,b', 'say "x"', 'two\nlines', ' edge'], '"a,b","say ""x""","two\nlines"," edge"\r\n'],
    [['=1+1', '+1', '-1', '@x', '\tx'], "'=1+1,'+1,'-1,'@x,'\tx\r\n"],
    [['=HYPERLINK("x","y")'], '"\'=HYPERLINK(""x"",""y"")"\r\n'],
    [[-1, 'a-b', 'Zoë ☃'], '-1,a-b,Zoë ☃\r\n'],
  ])('writes %j as %j', (cells, row) => {
    expect(csvRow(cells)).toBe(row);
  });

  it('writes any texts so that they can be read back, none as a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (cells) => {
        const row = csvRow(cells).slice(0, -2);
        const read = [...`,${row}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
          ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
        );
        expect(read.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, ''))).toEqual(
          cells.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, '')),
        );
        for (const text of read) expect(text).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });
});
