import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { cardOf, pageRig } from '../support/page-rig.ts';

const CHROMIUM = process.env.TEST_CHROMIUM;

const TEN_MINUTES_MS = 600_000;

/** What a person may not notice, and what the best of some looks has to keep. */
const OFF_BY_MS = 100;
const LOOKS = 4;

describe.skipIf(CHROMIUM === undefined)('with a machine whose clock is ten minutes off', () => {
  const { publish, visit } = pageRig(CHROMIUM);

  it.each([TEN_MINUTES_MS, -TEN_MINUTES_MS])('(%d ms) the page shows the server’s time', async (machineAheadMs) => {
    const page = await visit({ machineAheadMs });
    const offs: number[] = [];
    for (let look = 0; look < LOOKS; look += 1) offs.push(await nextSecond(page));
    // Drawing may be late on a busy machine, so the best look counts. None is early.
    expect(Math.min(...offs.map(Math.abs))).toBeLessThan(OFF_BY_MS);
    expect(Math.min(...offs)).toBeGreaterThan(-OFF_BY_MS);
  });

  it('the countdown runs to the opening, and the button that had the focus all the time buys', async () => {
    const opensAt = Date.now() + 6_000;
    await publish({ id: 'soon', total: 5, opensAt });
    const page = await visit({ userId: 'soon-1', machineAheadMs: TEN_MINUTES_MS });
    const card = cardOf(page, 'soon');
    const waiting = card.getByRole('button', { name: 'Not open yet' });
    await waiting.focus();
    expect(await card.getByRole('timer').textContent()).toMatch(/^0:0[0-6]$/);
    expect(await waiting.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    await card.getByRole('button', { name: /^Buy/ }).waitFor();
    expect(Date.now()).toBeGreaterThanOrEqual(opensAt - OFF_BY_MS);
    expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^Buy for/);
    await page.keyboard.press('Enter');
    await card.getByText(/^Ticket \d+ is yours/).waitFor();
  });
});

/** How late the page's clock strikes its next second, milliseconds, by a clock of the browser that nobody has set. */
function nextSecond(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const footer = document.querySelector('footer');
    const shown = () => footer.querySelector('time')?.dateTime;
    let before = shown();
    new MutationObserver((_, observer) => {
      // The first one that is shown begins somewhere within its second.
      before ??= shown();
      if (shown() === before) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now() - Date.parse(shown()));
    }).observe(footer, { subtree: true, childList: true, attributes: true, characterData: true });
  })`);
}
