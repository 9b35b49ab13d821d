import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { confirmSignIn, pageRig } from '../support/page-rig.ts';

const CHROMIUM = process.env.TEST_CHROMIUM;

describe.skipIf(CHROMIUM === undefined)('a link with a token', () => {
  const { visit, url, tokenOf } = pageRig(CHROMIUM);

  const stored = (page: Page) => page.evaluate<string | null>('sessionStorage.getItem("floodgate.token")');

  it('signs nobody in without a word: it asks, and removes the token from the address', async () => {
    const page = await visit();
    await page.goto(`${url()}/?utm_source=mail#token=${tokenOf('other-1')}`);
    await page.getByText('signs you in as other-1').waitFor();
    expect(page.url()).toBe(`${url()}/?utm_source=mail`);
    expect(await stored(page)).toBeNull();
    await page.getByRole('button', { name: 'Ignore the link' }).click();
    await page.getByLabel('Your token').waitFor();
    expect(await stored(page)).toBeNull();
  });

  it.each(['loaded', 'changed'] as const)('never switches a user who is signed in by itself (%s)', async (how) => {
    const page = await visit({ userId: `mine-${how}` });
    await page.getByText(`Signed in as mine-${how}`).waitFor();
    const mine = await stored(page);
    const link = `${url()}/#token=${tokenOf('other-2')}`;
    // As another page does that has this one in a window, and as a link in a mail does.
    if (how === 'changed') await page.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
    else {
      await page.goto('about:blank');
      await page.goto(link);
    }
    await page.getByText('signs you in as other-2').waitFor();
    expect(await stored(page)).toBe(mine);
    await page.getByRole('button', { name: 'Ignore the link' }).click();
    await page.getByText(`Signed in as mine-${how}`).waitFor();
    expect(await stored(page)).toBe(mine);
  });

  it('switches when the user agrees, and shows who it is', async () => {
    const page = await visit({ userId: 'mine-2' });
    await page.getByText('Signed in as mine-2').waitFor();
    await page.evaluate(`location.hash = "token=${tokenOf('other-3')}"`);
    await page.getByText('you are signed in as mine-2').waitFor();
    await confirmSignIn(page, 'other-3');
    await page.getByText('Signed in as other-3').waitFor();
  });

  it('that names nobody offers nothing by name, and its token is refused', async () => {
    const page = await visit();
    await page.goto(`${url()}/#token=%3Cb%3Enonsense`);
    await confirmSignIn(page, 'somebody else');
    await page.getByText('The server does not accept this token.').waitFor();
    expect(await stored(page)).toBeNull();
  });
});
