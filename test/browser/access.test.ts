import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { cardOf, pageRig } from '../support/page-rig.ts';

const CHROMIUM = process.env.TEST_CHROMIUM;

/** WCAG 2.2, 1.4.3 and 1.4.10: the least contrast of text, and the narrowest page. */
const CONTRAST = 4.5;
const NARROWEST_PX = 320;

describe.skipIf(CHROMIUM === undefined)('the page, for accessibility,', () => {
  const { publish, visit } = pageRig(CHROMIUM);

  /** The page with a sale with an order and an upcoming sale. */
  async function full(options: Parameters<typeof visit>[0]): Promise<Page> {
    await publish({ id: 'open', total: 1_000 });
    await publish({ id: 'a-long-name-without-any-space-in-it-that-has-to-break', opensAt: Date.now() + 3_600_000 });
    const page = await visit({ userId: `visitor-${options?.width}`, ...options });
    await cardOf(page, 'open').getByRole('button', { name: /^Buy/ }).click();
    await cardOf(page, 'open').getByRole('button', { name: /^Pay/ }).waitFor();
    return page;
  }

  it('has a language, landmarks, headings in order, and a name for each control', async () => {
    const page = await full({ width: 1_001 });
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    for (const role of ['banner', 'main', 'contentinfo'] as const) expect(await page.getByRole(role).count()).toBe(1);
    const levels = await page.evaluate<number[]>(
      '[...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((h) => Number(h.tagName[1]))',
    );
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [n, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[n - 1] ?? 0) + 1);
    const names = await page.evaluate<string[]>(
      '[...document.querySelectorAll("button, input, a")].map((one) => one.labels?.[0]?.textContent ?? one.textContent)',
    );
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => name.trim() === '')).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    const ids = await page.evaluate<string[]>('[...document.querySelectorAll("[id]")].map(({ id }) => id)');
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('announces changes politely (aria-live)', async () => {
    const page = await full({ width: 1_002 });
    expect(await page.locator('[aria-live="assertive"], [role="alert"]').count()).toBe(0);
    expect(await cardOf(page, 'open').getByRole('status').allTextContents()).toContainEqual(
      expect.stringMatching(/^Ticket \d+ is yours/),
    );
    await publish({ id: 'spoken', total: 2 });
    const [buyer, listener] = [await visit({ userId: 'spoken-1' }), await visit()];
    await cardOf(listener, 'spoken').waitFor();
    for (const [n, page] of [buyer, await visit({ userId: 'spoken-2' })].entries()) {
      await cardOf(page, 'spoken').getByRole('button', { name: /^Buy/ }).click();
      await cardOf(page, 'spoken')
        .getByText(`${1 - n} of 2 left`)
        .waitFor();
    }
    await listener.locator('#spoken', { hasText: 'Sale spoken: sold out' }).waitFor({ state: 'attached' });
  });

  it.each(['light', 'dark'] as const)('has text with enough contrast in the %s theme', async (colorScheme) => {
    const page = await full({ width: colorScheme === 'light' ? 1_003 : 1_004 });
    await page.emulateMedia({ colorScheme });
    const texts = await page.evaluate<{ text: string; contrast: number }[]>(CONTRASTS);
    expect(texts.length).toBeGreaterThan(15);
    expect(texts.filter(({ contrast }) => contrast < CONTRAST)).toEqual([]);
  });

  it('shows where the focus is', async () => {
    const page = await full({ width: 1_005 });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  });

  it('has no animation when reduced motion is preferred', async () => {
    const page = await full({ width: 1_006 });
    const motion = () => page.evaluate('getComputedStyle(document.querySelector(".water")).transitionDuration');
    expect(await motion()).not.toBe('0s');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await motion()).toBe('0s');
  });

  it('fits a phone of 320 pixels without scrolling horizontally, with large buttons', async () => {
    const page = await full({ width: NARROWEST_PX, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(NARROWEST_PX);
    const heights = await page.evaluate<number[]>(
      '[...document.querySelectorAll("button")].map((one) => one.offsetHeight)',
    );
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
  });
});

/** Each text on the page with its contrast (WCAG 2.2, relative luminance) to the nearest background behind it. */
const CONTRASTS = `(() => {
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const color = rgb(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .filter((one) => !one.closest('.unseen') && one.offsetHeight > 0)
    .map((one) => {
      const [a, b] = [luminance(rgb(getComputedStyle(one).color)), luminance(behind(one))].sort((x, y) => y - x);
      return { text: one.textContent, contrast: (a + 0.05) / (b + 0.05) };
    });
})()`;
