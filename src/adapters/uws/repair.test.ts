import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repairBinary } from './repair.ts';

const PACKAGES = {
  'uws-pack': new URL('bin/', import.meta.resolve('uws-pack')),
  'uWebSockets.js': new URL('.', import.meta.resolve('uWebSockets.js')),
};

function binaryOf(name: keyof typeof PACKAGES, abi: number): Buffer {
  return readFileSync(new URL(`uws_linux_x64_${abi}.node`, PACKAGES[name]));
}

describe('repairBinary', () => {
  // The versions of Node are 20, 22, 24 and 25.
  it.each([
    ['uws-pack', 115],
    ['uws-pack', 127],
    ['uWebSockets.js', 127],
    ['uWebSockets.js', 137],
    ['uWebSockets.js', 141],
  ] as const)('repairs the binary of %s for ABI %i: two jumps, and what it answers', (name, abi) => {
    const binary = binaryOf(name, abi);
    const before = Buffer.from(binary);
    expect(repairBinary(binary)).toBe(true);
    expect(binary.length).toBe(before.length);
    const changed = [...binary.keys()].filter((n) => binary[n] !== before[n]);
    // Code: the jumps and, in older versions, where a control character leads to, in a value and in a name, and the few
    // instructions for the latter. The rest are the three answers.
    const code = changed.filter((n) => n < before.indexOf('HTTP/1.1 505'));
    const changes = code.map((n) => [before[n], binary[n]]);
    const any = [expect.any(Number), expect.any(Number)];
    const [operands, instructions] =
      name === 'uws-pack' ? [[any, any], Array.from({ length: 7 }, () => any)] : [[], []];
    expect(changes).toEqual([...operands, [0x7d, 0x73], [0x7f, 0x77], ...instructions]);
    // They replace bytes between two functions: the filling of a long NOP.
    if (name === 'uws-pack') {
      const begin = code.at(-7) as number;
      expect(before.subarray(begin - 1, begin + 10).toString('hex')).toBe('c3662e0f1f840000000000');
      expect(binary.subarray(begin, begin + 3).toString('hex')).toBe('803a0d');
    }
    // Answers stay within the text that they replace.
    for (const n of changed.filter((at) => !code.includes(at))) expect(before[n]).not.toBe(0);
  });

  it('changes nothing, and returns false, without that code or when it was repaired before', () => {
    const other = Buffer.from('another binary');
    expect(repairBinary(other)).toBe(false);
    expect(other.toString()).toBe('another binary');
    const binary = binaryOf('uws-pack', 115);
    repairBinary(binary);
    const repaired = Buffer.from(binary);
    expect(repairBinary(binary)).toBe(false);
    expect(binary.equals(repaired)).toBe(true);
  });

  it('writes answers whose length is right', () => {
    const binary = binaryOf('uws-pack', 115);
    repairBinary(binary);
    const text = binary.toString('latin1');
    const answers = [...text.matchAll(/HTTP\/1\.1 (\d+) \r\n[^\0]*?Content-Length: (\d+)\r\n\r\n([^\0]*)\0/g)];
    expect(answers.map(([, status]) => status)).toEqual(['505', '400', '400']);
    for (const [, , length, body = ''] of answers) {
      expect(body.length).toBe(Number(length));
      expect(JSON.parse(body)).toMatchObject({ code: 'malformed' });
    }
  });
});
