import { expect, it } from 'vitest';
import { createClientKeys } from '../http/client-address.ts';
import { SocketLimits } from './socket-limits.ts';

const from = (address: string, forwardedFor = '') => ({ address, forwardedFor });

function limits(perProcess: number, perAddress: number, hops = 0) {
  const refused: string[] = [];
  const sockets = new SocketLimits({
    perProcess,
    perAddress,
    keysOf: createClientKeys({ hops }),
    onRefused: (by) => refused.push(by),
  });
  /** How many of these are admitted. */
  const admitted = (senders: readonly ReturnType<typeof from>[]) =>
    senders.filter((sender) => sockets.refusalOf(sender) === undefined && sockets.admit(sender)).length;
  return { sockets, refused, admitted };
}

it('bounds the sockets of the process, and those of each address', () => {
  const { sockets, admitted } = limits(5, 2);
  expect(admitted([from('10.0.0.1'), from('10.0.0.1'), from('10.0.0.1')])).toBe(2);
  expect(sockets.refusalOf(from('10.0.0.1'))).toBe('address');
  expect(admitted([from('10.0.0.2'), from('10.0.0.3'), from('10.0.0.4'), from('10.0.0.5')])).toBe(3);
  expect(sockets.refusalOf(from('10.0.0.6'))).toBe('process');
});

it('admits another one for each that has ended, once', () => {
  const { sockets } = limits(0, 1);
  const release = sockets.admit(from('10.0.0.1'));
  const other = sockets.admit(from('10.0.0.2'));
  expect(sockets.refusalOf(from('10.0.0.1'))).toBe('address');
  release();
  release();
  expect(sockets.refusalOf(from('10.0.0.1'))).toBeUndefined();
  expect(sockets.refusalOf(from('10.0.0.2'))).toBe('address');
  other();
  expect(sockets.refusalOf(from('10.0.0.2'))).toBeUndefined();
});

it('counts the client that a trusted proxy names, and no header of another', () => {
  const behind = limits(0, 1, 1);
  expect(behind.admitted([from('10.0.0.9', '1.1.1.1'), from('10.0.0.9', '2.2.2.2'), from('10.0.0.9', '1.1.1.1')])).toBe(
    2,
  );
  const direct = limits(0, 1);
  expect(direct.admitted([from('10.0.0.9', '1.1.1.1'), from('10.0.0.9', '2.2.2.2')])).toBe(1);
});

it('counts IPv6 clients by their networks', () => {
  const { admitted } = limits(0, 2);
  const inOne64 = ['1', '2', '3'].map((host) => from(`2001:db8:1:1::${host}`));
  expect(admitted(inOne64)).toBe(2);
  // A /56 may have four times as many, a /48 sixteen times.
  const inOne56 = Array.from({ length: 20 }, (_, n) => from(`2001:db8:2:${(n + 1).toString(16)}::1`));
  expect(admitted(inOne56)).toBe(8);
  const inOne48 = Array.from({ length: 80 }, (_, n) => from(`2001:db8:3:${(n * 256).toString(16)}::1`));
  expect(admitted(inOne48)).toBe(32);
});

it('is unlimited with 0', () => {
  const { admitted } = limits(0, 0);
  expect(admitted(Array.from({ length: 1000 }, () => from('10.0.0.1')))).toBe(1000);
});
