import { describe, expect, it } from 'vitest';
import { openTogether } from './open-together.ts';

/** Ports that tell when they are ended. */
function rig() {
  const ended: string[] = [];
  const open = async <Port>(port: Port) => ({ port, close: async () => void ended.push(String(port)) });
  return { ended, open };
}

describe('ports that are opened together', () => {
  it('are ended in the reverse order', async () => {
    const { ended, open } = rig();
    const { port, close } = await openTogether(async (opened) => [
      await opened(open('file')),
      await opened(open('tables')),
    ]);
    expect([port, ended]).toEqual([['file', 'tables'], []]);
    await close();
    expect(ended).toEqual(['tables', 'file']);
  });

  it('are ended when one of them does not open', async () => {
    const { ended, open } = rig();
    const away = new Error('away');
    const opening = openTogether(async (opened) => {
      await opened(open('file'));
      await opened(Promise.reject<never>(away));
    });
    await expect(opening).rejects.toBe(away);
    expect(ended).toEqual(['file']);
  });
});
