import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { cardOf, pageRig } from '../support/page-rig.ts';

const CHROMIUM = process.env.TEST_CHROMIUM;

const TEN_MINUTES_MS = 600_000;

/** A deviation that a person does not notice, for the best of several readings. */
const OFF_BY_MS = 100;
const READINGS = 4;

describe.skipIf(CHROMIUM === undefined)('with a machine whose clock is ten minutes off', () => {
  const { publish, visit } = pageRig(CHROMIUM);

  it.each([TEN_MINUTES_MS, -TEN_MINUTES_MS])('(%d ms) the page shows the server’s time', async (machineAheadMs) => {
    const page = await visit({ machineAheadMs });
    const deviations: number[] = [];
    for (let n = 0; n < READINGS; n += 1) deviations.push(await nextSecond(page));
    // Rendering may be late on a busy machine, so the best reading counts. None may be early.
    expect(Math.min(...deviations.map(Math.abs))).toBeLessThan(OFF_BY_MS);
    expect(Math.min(...deviations)).toBeGreaterThan(-OFF_BY_MS);
  });

  it('the countdown runs to the opening, and the button that kept the focus buys', async () => {
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

/** How late the page shows its next second, milliseconds, by the browser's monotonic clock, which is not off. */
function nextSecond(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const footer = document.querySelector('footer');
    const shown = () => footer.querySelector('time')?.dateTime;
    let before = shown();
    new MutationObserver((_, observer) => {
      // The first time is shown somewhere within its second.
      before ??= shown();
      if (shown() === before) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now() - Date.parse(shown()));
    }).observe(footer, { subtree: true, childList: true, attributes: true, characterData: true });
  })`);
}
