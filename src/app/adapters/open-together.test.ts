import { describe, expect, it } from 'vitest';
import { openTogether } from './open-together.ts';

/** Ports that record when they are closed. */
function rig() {
  const ended: string[] = [];
  const open = async <Port>(port: Port) => ({ port, close: async () => void ended.push(String(port)) });
  return { ended, open };
}

describe('ports opened together', () => {
  it('are closed in reverse order', async () => {
    const { ended, open } = rig();
    const { port, close } = await openTogether(async (opened) => [
      await opened(open('file')),
      await opened(open('tables')),
    ]);
    expect([port, ended]).toEqual([['file', 'tables'], []]);
    await close();
    expect(ended).toEqual(['tables', 'file']);
  });

  it('are closed when one of them does not open', async () => {
    const { ended, open } = rig();
    const unreachable = new Error('unreachable');
    const opening = openTogether(async (opened) => {
      await opened(open('file'));
      await opened(Promise.reject<never>(unreachable));
    });
    await expect(opening).rejects.toBe(unreachable);
    expect(ended).toEqual(['file']);
  });
});
