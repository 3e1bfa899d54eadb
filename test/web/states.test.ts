/** What the screens show where there is nothing to show yet, where it fails, and on the way from one to another. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../e2e/process.ts';
import { hasChromium, openBrowser, seriousViolations, visit } from './support/browser.ts';
import { Company, type Filled, fill, type Tokens, tokensOf } from './support/seed.ts';

const TRAP = {
  name: 'Trap',
  roles: ['developer'],
  triggers: ['submit', 'park', 'approve'],
  initial: 'Draft',
  states: { Draft: {}, Review: { title: 'With the reviewers' }, Parked: {}, Done: { final: 'approved' } },
  transitions: {
    'Draft -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Parked': { trigger: 'park', role: 'developer' },
    'Review -> Done': { trigger: 'approve', role: 'developer' },
  },
};
const NOBODYS = '01a00000-0000-7000-8000-000000000000';

describe.runIf(hasChromium)('a screen', { timeout: 60_000 }, () => {
  let server: Server;
  let browser: Browser;
  let company: Company;
  let tokens: Tokens;
  let made: Filled;
  let rob: Awaited<ReturnType<typeof visit>>;

  beforeAll(async () => {
    server = await Server.start();
    browser = await openBrowser();
    tokens = await tokensOf(server.url);
    company = new Company(server.url, tokens);
    made = await fill(company);
    rob = await visit(browser, `${server.url}/work`, tokens.rob);
    await company.ask('developer', '/v1/definitions', { definition: TRAP, force: true, reason: 'Shown.' });
  }, 120_000);
  afterEach(() => rob.page.unrouteAll());
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Where Rob goes next: a browser of his own for each test would take a second to read the application. */
  async function open(path: string): Promise<Page> {
    await rob.page.goto(server.url + path);
    return rob.page;
  }
  const answering = (pattern: RegExp, status: number) =>
    rob.page.route(
      ({ pathname }) => pattern.test(pathname),
      (route) => route.fulfill({ status, body: 'out of order' }),
    );

  it('plays the way into a trap in the chart, to its end', async () => {
    const { page, context, faults } = await visit(browser, `${server.url}/workflows/Trap`, tokens.developer);
    await page.getByRole('button', { name: 'Play it in the chart' }).first().click();
    await page.getByText('Step 2 of 2').waitFor();
    await page.getByRole('img', { name: /The change is in Parked/ }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('calls a state what the workflow calls it, wherever it stands', async () => {
    const change = await company.propose('ada', 'Trap', 'A change with a reviewer', { key: 'TRAP-1' });
    await company.send('developer', change, 'submit');
    const page = await open(`/changes/${change}`);
    await page.getByRole('tabpanel').getByRole('listitem').getByText('With the reviewers').waitFor();
    await page.goto(`${server.url}/changes?words=TRAP-1`);
    await page
      .getByRole('link', { name: /A change with a reviewer/ })
      .getByText('With the reviewers')
      .waitFor();
  });

  it('does not say that nothing has happened while it does not know', async () => {
    await answering(/\/transitions$/, 403);
    const page = await open(`/changes/${made.release}`);
    await page.getByRole('alert').getByText('The server refused this (403).').waitFor();
    expect(await page.getByText('Nothing has happened yet').count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('has a heading and a way on where there is no such change, or workflow', async () => {
    const page = await open('/work');
    for (const [what, path] of [
      ['change', `/changes/${NOBODYS}`],
      ['change', `/changes/${NOBODYS}/replay`],
      ['change', '/changes/no-id'],
      ['workflow', '/workflows/Nowhere'],
    ]) {
      await page.goto(server.url + path);
      await page.getByRole('heading', { level: 1, name: `There is no such ${what}` }).waitFor();
      await page.waitForLoadState('networkidle');
      await page
        .getByRole('main')
        .getByRole('link', { name: `All ${what}s` })
        .click();
      await page.getByRole('heading', { level: 1, name: `${what}s` }).waitFor();
    }
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'There is no such workflow' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('says what to do when the server is out of order, and goes on when it is not any more', async () => {
    await answering(/^\/v1\/changes$/, 500);
    const page = await open('/changes');
    await page.getByRole('alert').getByText('tell an operator', { exact: false }).waitFor();
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: /Sessions end/ }).waitFor();
  });

  it('keeps the filter of the board on the way to a change and back, and begins that change at its top', async () => {
    const page = await open('/changes');
    await page.getByLabel('Search').fill('rob account');
    await page.getByRole('link', { name: /Sessions end/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /The account page/ }).click();
    await page.getByRole('heading', { level: 1, name: /The account page/ }).waitFor();
    expect(await page.title()).toBe('The account page lists open sessions · Countersign');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Changes' }).waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('rob account');
    expect(await page.getByRole('link', { name: /Sessions end/ }).count()).toBe(0);
  });

  it('tells those who hear it what somebody else has done', async () => {
    const change = await company.propose('ada', 'ParallelReview', 'Heard by everybody');
    await company.send('ada', change, 'submit');
    const page = await open(`/changes/${change}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('list', { name: 'History, newest first' }).waitFor();
    await company.send('rita', change, 'security_approve');
    await page
      .getByRole('status')
      .getByText('rita sent “security approve”: now Security approved.')
      .waitFor();
  });

  it('gives the focus back to the button whose question was closed', async () => {
    const page = await open(`/changes/${made.sessions}`);
    const button = page.getByRole('button', { name: 'Code approve' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Reason').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator(':focus', { hasText: 'Code approve' }).waitFor();
  });
});
