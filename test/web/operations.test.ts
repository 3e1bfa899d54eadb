/** What operators do in real Chromium: timers of many changes at once, what was refused, how the server is; and a full board. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../e2e/process.ts';
import { hasChromium, openBrowser, seriousViolations, visit } from './support/browser.ts';
import { Company, type Tokens, tokensOf } from './support/seed.ts';

const MANY = 5_000;
/** Rows in sight of a window of 900 pixels, and those kept ready around them. */
const MOST_ROWS = 60;
const NUDGED = {
  name: 'Nudged',
  roles: ['reviewer', 'chief'],
  triggers: ['approve'],
  initial: 'Review',
  states: {
    Review: { timers: { nudge: { after: '2d', remind: 'reviewer' } } },
    Approved: { final: 'approved' },
  },
  transitions: { 'Review -> Approved': { trigger: 'approve', role: 'reviewer' } },
};

describe.runIf(hasChromium)('operations and a full board', { timeout: 60_000 }, () => {
  let server: Server;
  let browser: Browser;
  let company: Company;
  let tokens: Tokens;
  const changes: string[] = [];

  beforeAll(async () => {
    server = await Server.start();
    browser = await openBrowser();
    tokens = await tokensOf(server.url);
    company = new Company(server.url, tokens);
    await company.ask('developer', '/v1/definitions', { definition: NUDGED });
    for (const title of ['First', 'Second', 'Third'])
      changes.push(await company.propose('ada', 'Nudged', title));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const timersOf = async (change: string) => {
    const { timers } = await company.ask('developer', `/v1/changes/${change}`);
    return timers as { name: string; due_at: string }[];
  };

  it('snoozes one timer and cancels those that are selected, each with its reason', async () => {
    const { page, context, faults } = await visit(browser, `${server.url}/operations`, tokens.developer);
    await page.getByRole('button', { name: /^Act on .*: First$/ }).click();
    await page.getByRole('menuitem', { name: 'Snooze' }).click();
    const dialog = page.getByRole('dialog');
    const snooze = dialog.getByRole('button', { name: 'Snooze' });
    expect(await snooze.isDisabled()).toBe(true);
    await dialog.getByLabel('Until').fill('2099-01-01T09:00');
    await dialog.getByLabel('Reason').fill('They are at a conference.');
    expect(await seriousViolations(page)).toEqual([]);
    await snooze.click();
    await dialog.waitFor({ state: 'detached' });
    expect((await timersOf(changes[0] ?? ''))[0]?.due_at.slice(0, 4)).toMatch(/20(?:98|99)/);
    await page.getByRole('checkbox', { name: /: Second$/ }).check();
    await page.getByRole('checkbox', { name: /: Third$/ }).check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('toolbar').getByRole('button', { name: 'Cancel timer' }).click();
    await dialog.getByLabel('Reason').fill('Nobody needs them.');
    await dialog.getByRole('button', { name: 'Cancel timer' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await timersOf(changes[1] ?? '')).toEqual([]);
    expect(await timersOf(changes[2] ?? '')).toEqual([]);
    const { items } = await company.ask('developer', `/v1/changes/${changes[2]}/transitions`);
    expect(items).toContainEqual(
      expect.objectContaining({ event: 'timer.cancel', reason: 'Nobody needs them.' }),
    );
    expect(faults).toEqual([]);
    await context.close();
  });

  it('lets a timer ask another role, fires one now, and says which it was not done to', async () => {
    const { page, context } = await visit(browser, `${server.url}/operations`, tokens.developer);
    const act = page.getByRole('button', { name: /^Act on .*: First$/ });
    const dialog = page.getByRole('dialog');
    await act.click();
    await page.getByRole('menuitem', { name: 'Ask somebody else' }).click();
    await dialog.getByRole('textbox', { name: 'Role' }).fill('chief');
    await dialog.getByLabel('Reason').fill('The reviewer is ill.');
    await dialog.getByRole('button', { name: 'Ask somebody else' }).click();
    await dialog.waitFor({ state: 'detached' });
    const fourth = await company.propose('ada', 'Nudged', 'Fourth');
    await page.getByRole('button', { name: /^Act on .*: Fourth$/ }).click();
    await page.getByRole('menuitem', { name: 'Fire now' }).click();
    await dialog.getByLabel('Reason').fill('It cannot wait.');
    await dialog.getByRole('button', { name: 'Fire now' }).click();
    await dialog.waitFor({ state: 'detached' });
    const { items } = await company.ask('developer', `/v1/changes/${fourth}/transitions`);
    expect(items).toContainEqual(expect.objectContaining({ event: 'timer.fire', reason: 'It cannot wait.' }));
    await act.click();
    await page.getByRole('menuitem', { name: 'Fire now' }).click();
    await dialog.getByLabel('Reason').fill('It is urgent.');
    const [first = ''] = changes;
    const [timer] = await timersOf(first);
    await company.send('developer', first, 'timer.cancel', {
      reason: 'Somebody was faster.',
      data: { timer: timer?.name },
    });
    await dialog.getByRole('button', { name: 'Fire now' }).click();
    await dialog.getByRole('alert').getByText('No timer', { exact: false }).waitFor();
    await context.close();
  });

  it('shows how the server is, and that nothing is in quarantine', async () => {
    const { page, context, faults } = await visit(browser, `${server.url}/operations`, tokens.developer);
    await page.getByRole('tab', { name: 'Server' }).click();
    await page.getByText('Commands waiting').waitFor();
    await page.getByText('None. A change that breaks an invariant', { exact: false }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it(`keeps few rows of ${MANY} changes in the page, wherever one scrolls, and finds one among them`, async () => {
    const [{ id, ...row } = { id: '' }] = (await company.ask('rob', '/v1/changes?limit=1')).items as {
      id: string;
    }[];
    const { page, context, faults } = await visit(browser, `${server.url}/work`, tokens.rob, {
      viewport: { width: 1280, height: 900 },
    });
    // The server's own rows, many times over: what is in question is the page.
    await page.route('**/v1/changes?*', (route) => {
      const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
      const items = Array.from({ length: 200 }, (_, place) => {
        const name = String(from + place).padStart(12, '0');
        return { ...row, id: id.slice(0, 24) + name, title: `Change number ${from + place}` };
      });
      const next = from + 200 < MANY ? String(from + 200) : null;
      return route.fulfill({ json: { items, next_cursor: next } });
    });
    await page.goto(`${server.url}/changes`);
    await page.getByText(`${MANY.toLocaleString('en')} changes`, { exact: true }).waitFor();
    const rows = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      await page.evaluate(`scrollTo(0, document.documentElement.scrollHeight * ${share})`);
      const place = Math.min(MANY - 1, Math.round(MANY * share));
      if (share === 1) await page.getByText(`Change number ${place}`, { exact: true }).waitFor();
      expect(await rows.count()).toBeLessThanOrEqual(MOST_ROWS);
      expect(await rows.count()).toBeGreaterThan(5);
    }
    await page.getByLabel('Search').fill('number 4321');
    await page.getByText('Change number 4321', { exact: true }).waitFor();
    await page.getByText(`1 of ${MANY.toLocaleString('en')} changes`, { exact: true }).waitFor();
    expect(await rows.count()).toBe(1);
    expect(faults).toEqual([]);
    await context.close();
  });
});
