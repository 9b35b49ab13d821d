import { describe, expect, it } from 'vitest';
import { deferred } from '../support/deferred.ts';
import { cardOf, confirmSignIn, pageRig } from '../support/page-rig.ts';

const CHROMIUM = process.env.TEST_CHROMIUM;

/** WebSockets as a browser shows them behind a proxy that refuses the upgrade, and behind one that swallows it. */
const socketClass = (fail: string) => `globalThis.WebSocket = class extends EventTarget {
  constructor() { super(); ${fail} }
  send() {}
  close() {}
};`;
const BLOCKED = socketClass("setTimeout(() => this.dispatchEvent(new Event('close')));");
const SILENT = socketClass('');

describe.skipIf(CHROMIUM === undefined)('on the page', () => {
  const { publish, putOnSale, visit, killAndRestart, tokenOf: tokenFor } = pageRig(CHROMIUM);

  it('one buyer buys, and another sees the stock fall without a reload', async () => {
    await publish({ id: 'shared', total: 50 });
    const [buyer, other] = [await visit({ userId: 'shared-1' }), await visit()];
    await cardOf(other, 'shared').getByText('50 of 50 left').waitFor();
    await cardOf(buyer, 'shared')
      .getByRole('button', { name: /^Buy for/ })
      .click();
    await cardOf(buyer, 'shared')
      .getByText(/^Ticket \d+ is yours\. Pay within 15 minutes\.$/)
      .waitFor();
    await cardOf(other, 'shared').getByText('49 of 50 left').waitFor();
    await cardOf(buyer, 'shared').getByText('49 of 50 left').waitFor();
  });

  it('several tickets are chosen, bought as one order and paid together, up to the limit', async () => {
    await publish({ id: 'several', total: 10, perBuyerLimit: 4 });
    const page = await visit({ userId: 'several-1' });
    const card = cardOf(page, 'several');
    await card.getByLabel('Tickets: Sale several').selectOption('3');
    await card.getByRole('button', { name: /^Buy 3 for €149\.97/ }).click();
    await card.getByText('Tickets 1, 2, 3 are yours. Pay within 15 minutes.').waitFor();
    await card.getByText('7 of 10 left').waitFor();
    await card.getByRole('button', { name: 'Pay €149.97 for tickets 1, 2, 3' }).click();
    await card.getByText('Paid. See you there.').waitFor();
    // One more is allowed: there is nothing to choose.
    await card.getByRole('button', { name: /^Buy for €49\.99/ }).click();
    await card.getByText('Ticket 4 is yours.').waitFor();
    await card.getByText('You’ve reached the limit').waitFor();
  });

  it('who asks for more than are left is told how many there are', async () => {
    await publish({ id: 'few', total: 3, perBuyerLimit: 4 });
    const page = await visit({ userId: 'few-1' });
    const card = cardOf(page, 'few');
    await card.getByLabel('Tickets: Sale few').selectOption('4');
    await card.getByRole('button', { name: /^Buy 4/ }).click();
    await card.getByText('Only 3 tickets are left.').waitFor();
    await card.getByText('3 of 3 left').waitFor();
  });

  it('everything can be done with the keyboard: sign in, buy, pay', async () => {
    await publish({ id: 'keys', total: 5 });
    const page = await visit();
    const card = cardOf(page, 'keys');
    const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
    const tabTo = async (wanted: RegExp): Promise<void> => {
      const seen: string[] = [];
      while (!wanted.test(await focused())) {
        if (seen.length > 40) throw new Error(`the Tab key did not reach ${wanted}: ${seen.join(', ')}`);
        await page.keyboard.press('Tab');
        seen.push(await focused());
      }
    };
    await card.getByRole('button', { name: 'Sign in to buy' }).waitFor();
    await tabTo(/^Sign in to buy: Sale keys/);
    await page.keyboard.press('Enter');
    await page.keyboard.type(tokenFor('keys-1'));
    await page.keyboard.press('Enter');
    await page.getByText('Signed in as keys-1').waitFor();
    await tabTo(/^Buy for .*: Sale keys/);
    await page.keyboard.press('Enter');
    await card.getByRole('heading', { name: /^Ticket/ }).waitFor();
    await tabTo(/^Pay .* for ticket/);
    await page.keyboard.press('Space');
    await card.getByText('Paid. See you there.').waitFor();
    // The focused button no longer exists; the focus moves to its order.
    expect(await focused()).toMatch(/^Ticket \d+Paid/);
  });

  it('a cancelled ticket is back on sale, and can be bought again', async () => {
    await publish({ id: 'returned', total: 2 });
    const page = await visit({ userId: 'returned-1' });
    const card = cardOf(page, 'returned');
    await card.getByRole('button', { name: /^Buy/ }).click();
    await card.getByText('1 of 2 left').waitFor();
    await card.getByRole('button', { name: /^Cancel/ }).click();
    await card.getByText('Cancelled. The ticket is back on sale.').waitFor();
    await card.getByText('2 of 2 left').waitFor();
    await card.getByRole('button', { name: /^Buy/ }).click();
    await card.getByRole('button', { name: /^Pay/ }).waitFor();
  });

  it('an order that is not paid in time is shown as expired', async () => {
    await publish({ id: 'late', total: 1, payWithinSeconds: 2 });
    const page = await visit({ userId: 'late-1' });
    const card = cardOf(page, 'late');
    await card.getByRole('button', { name: /^Buy/ }).click();
    await card.getByText('Not paid in time. The ticket is back on sale.').waitFor();
    await card.getByText('1 of 1 left').waitFor();
  });

  it('a late buyer sees that it is sold out, and can buy a returned ticket', async () => {
    await publish({ id: 'scarce', total: 1 });
    const [first, second] = [await visit({ userId: 'scarce-1' }), await visit({ userId: 'scarce-2' })];
    await cardOf(first, 'scarce').getByRole('button', { name: /^Buy/ }).click();
    await cardOf(second, 'scarce').getByRole('button', { name: 'Sold out' }).waitFor();
    await cardOf(first, 'scarce')
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await cardOf(second, 'scarce').getByRole('button', { name: /^Buy/ }).click();
    await cardOf(second, 'scarce').getByRole('heading', { name: 'Ticket 1' }).waitFor();
  });

  it('an unknown outcome is shown as unknown, and requested again with the same key', async () => {
    await publish({ id: 'unsure', total: 3 });
    const page = await visit();
    const keys: string[] = [];
    await page.routeWebSocket('**/v1/live', (socket) => {
      const toServer = socket.connectToServer();
      socket.onMessage((message) => {
        const frame = JSON.parse(String(message));
        if (frame.type === 'purchase') keys.push(frame.idempotencyKey);
        if (frame.type !== 'purchase' || keys.length > 1) return toServer.send(message);
        // The purchase succeeds, but its answer is lost.
        toServer.send(message);
        const body = { status: 503, code: 'unavailable', title: 'Unavailable', detail: 'Unknown.' };
        socket.send(JSON.stringify({ type: 'purchase', id: frame.id, status: 503, body }));
      });
    });
    await page.goto(`${page.url()}#token=${tokenFor('unsure-1')}`);
    await confirmSignIn(page, 'unsure-1');
    await page.reload();
    const card = cardOf(page, 'unsure');
    await card.getByRole('button', { name: /^Buy/ }).click();
    await card.getByText('We don’t know yet whether it worked.').waitFor();
    await card.getByText(/^Ticket \d+ is yours/).waitFor();
    await card.getByText('2 of 3 left').waitFor();
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('a page that is closed before the answer sends the same key when it is opened again', async () => {
    await publish({ id: 'reloaded', total: 3 });
    const page = await visit();
    const keys: string[] = [];
    const requested = deferred();
    await page.routeWebSocket('**/v1/live', (socket) => {
      const toServer = socket.connectToServer();
      socket.onMessage((message) => {
        const frame = JSON.parse(String(message));
        if (frame.type === 'purchase') keys.push(frame.idempotencyKey);
        // The first request is lost.
        if (frame.type !== 'purchase' || keys.length > 1) toServer.send(message);
        else requested.resolve();
      });
    });
    await page.goto(`${page.url()}#token=${tokenFor('reloaded-1')}`);
    await confirmSignIn(page, 'reloaded-1');
    const requestAndSee = async (text: string | RegExp) => {
      await page.reload();
      await cardOf(page, 'reloaded').getByRole('button', { name: /^Buy/ }).click();
      await cardOf(page, 'reloaded').getByText(text).waitFor();
    };
    await requestAndSee('Requesting a ticket…');
    // The page says so before the request leaves it.
    await requested.promise;
    await requestAndSee(/^Ticket \d+ is yours/);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it.each([
    ['whose WebSockets are refused', BLOCKED],
    ['whose WebSockets are never answered', SILENT],
    ['without WebSockets', 'delete globalThis.WebSocket;'],
  ])('a buyer %s signs in, buys and pays by HTTP', async (name, script) => {
    const id = `http-${name.length}`;
    await publish({ id, total: 3 });
    const page = await visit({ userId: `${id}-1`, script });
    const card = cardOf(page, id);
    await page.getByText(`Signed in as ${id}-1`).waitFor();
    await card.getByRole('button', { name: /^Buy/ }).click();
    await card.getByText(/^Ticket \d+ is yours/).waitFor();
    expect(await page.getByText('We don’t know').count()).toBe(0);
    await card
      .getByRole('timer')
      .getByText(/^\d+:\d\d$/)
      .waitFor();
    await card.getByRole('button', { name: /^Pay/ }).click();
    await card.getByText('Paid. See you there.').waitFor();
  });

  it('the page reconnects to a server that was killed and restarted, with the right stock and orders', async () => {
    await publish({ id: 'killed', total: 10 });
    const page = await visit({ userId: 'killed-1' });
    const card = cardOf(page, 'killed');
    await card.getByRole('button', { name: /^Buy/ }).click();
    await card.getByRole('button', { name: /^Pay/ }).waitFor();
    await killAndRestart(async () => {
      await page.getByText('The connection was lost.').waitFor();
      await putOnSale({ id: 'meanwhile' });
    });
    await cardOf(page, 'meanwhile').waitFor();
    await page.getByText('The connection was lost.').waitFor({ state: 'detached' });
    await card.getByText('9 of 10 left').waitFor();
    await card.getByRole('button', { name: /^Pay/ }).click();
    await card.getByText('Paid. See you there.').waitFor();
  });
});
