import { describe, expect, it } from 'vitest';
import { replyOf } from './reserve-reply.ts';

describe('replyOf', () => {
  it.each([
    [[-1], { kind: 'unknownSale' }],
    [[-2, 7], { kind: 'stale', epoch: 7 }],
  ])('reads %j as an answer to the whole batch', (raw, reply) => {
    expect(replyOf(raw, 2, 3)).toEqual(reply);
  });

  it.each([
    [5, { kind: 'reserved', tickets: [5], reservedAt: 1000 }],
    ['+5,7', { kind: 'reserved', tickets: [5, 7], reservedAt: 1000 }],
    ['=5 900', { kind: 'reserved', tickets: [5], reservedAt: 900 }],
    ['=5,7 900', { kind: 'reserved', tickets: [5, 7], reservedAt: 900 }],
    ['*A 5 900 1', { kind: 'replayed', orderId: 'A', tickets: [5], reservedAt: 900, published: true }],
    ['*A 5,7 900 0', { kind: 'replayed', orderId: 'A', tickets: [5, 7], reservedAt: 900, published: false }],
    ['<3', { kind: 'notEnoughLeft', remaining: 3 }],
    ['#', { kind: 'limitReached', orderIds: [] }],
    ['#B,A', { kind: 'limitReached', orderIds: ['A', 'B'] }],
    ['~', { kind: 'tooManyOrders' }],
    ['!59999', { kind: 'tooManyAttempts', endsInMs: 59_999 }],
    [-1, { kind: 'soldOut' }],
    [-2, { kind: 'notStarted' }],
    [-3, { kind: 'ended' }],
    [-4, { kind: 'closed' }],
    [-5, { kind: 'keyMismatch' }],
    [-6, { kind: 'paused' }],
  ])('reads %j as an answer to one purchase', (raw, answer) => {
    const stock = { remaining: 9, version: 2 * 2 ** 32 + 4 };
    expect(replyOf([9, 4, 1000, raw], 2, 1)).toEqual({ kind: 'answered', stock, answers: [answer] });
  });

  it.each([
    ['one answer too few', [9, 4, 1000, 1]],
    ['an unknown refusal', [9, 4, 1000, 1, -7]],
    ['an unknown form', [9, 4, 1000, 1, '?']],
  ])('throws on %s', (_, raw) => {
    expect(() => replyOf(raw, 2, 2)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });
});
