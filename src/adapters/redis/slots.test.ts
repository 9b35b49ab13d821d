import keySlot from 'cluster-key-slot';
import { describe, expect, it } from 'vitest';
import { movedTo, slotMapOf } from './slots.ts';

describe('the slot of a hash tag', () => {
  // The first from the specification, the others from CLUSTER KEYSLOT.
  it.each([
    ['123456789', 0x31c3],
    ['foo', 12_182],
    ['user1000', 3443],
    ['Zoë', 11_596],
  ])('is the one that Redis gives %s', (tag, slot) => {
    expect(keySlot(tag)).toBe(slot);
  });
});

describe('slotMapOf', () => {
  it('names the master of each slot, and none where there is none', () => {
    const map = slotMapOf(
      [
        [0, 99, ['a', 1, 'id'], ['replica', 9, 'id']],
        [200, 200, ['b', 2, 'id']],
      ],
      'asked:7',
    );

    expect([map.length, map[0], map[99], map[100], map[200], map[201]]).toEqual([
      16_384,
      'a:1',
      'a:1',
      undefined,
      'b:2',
      undefined,
    ]);
  });

  it.each([null, '', '?'])('takes the host that was asked for one that calls itself %j', (host) => {
    expect(slotMapOf([[0, 0, [host, 5, 'id']]], '10.0.0.1:7')[0]).toBe('10.0.0.1:5');
  });
});

it.each([
  ['MOVED 3999 127.0.0.1:6381', '127.0.0.1:6381'],
  ['MOVED 3999 2001:db8::1:6381', '2001:db8::1:6381'],
  ['MOVED 3999 :6381', 'asked:6381'],
  ['ASK 3999 127.0.0.1:6381', undefined],
  ['CLUSTERDOWN The cluster is down', undefined],
])('reads %s', (message, address) => {
  expect(movedTo(message, 'asked:7')).toBe(address);
});
