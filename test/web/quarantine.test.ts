/** A change that was really stopped, in Chromium and on the command line: what operators see, and how it goes on. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDataDir, Server } from '../e2e/process.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { tamperedState } from '../support/tampered.ts';
import { hasChromium, openBrowser, seriousViolations, visit } from './support/browser.ts';
import { Company, type Tokens, tokensOf } from './support/seed.ts';

const SWING = {
  name: 'Swing',
  roles: ['reviewer'],
  triggers: ['hold', 'resume', 'approve'],
  initial: 'Open',
  states: { Open: {}, Held: {}, Done: { final: 'approved' } },
  transitions: {
    'Open -> Held': { trigger: 'hold', role: 'reviewer' },
    'Held -> Open': { trigger: 'resume', role: 'reviewer' },
    'Open -> Done': { trigger: 'approve', role: 'reviewer' },
  },
};

describe.runIf(hasChromium)('a change in quarantine', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let server: Server;
  let browser: Browser;
  let company: Company;
  let tokens: Tokens;
  let broken: string;
  let other: string;

  beforeAll(async () => {
    database = await testDatabase();
    server = await Server.start(newDataDir(), { DATABASE_URL: database.adminUrl });
    browser = await openBrowser();
    tokens = await tokensOf(server.url);
    company = new Company(server.url, tokens);
    await company.ask('developer', '/v1/definitions', { definition: SWING });
    broken = await company.propose('ada', 'Swing', 'Broken by hand', { key: 'SW-1' });
    other = await company.propose('ada', 'Swing', 'Untouched', { key: 'SW-2' });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await database?.drop();
  });

  const store = (value: string) => tamperedState(database.admin, broken, value);

  it('is listed with what broke; releasing it says that it is still broken, and lets it go on when it is mended', async () => {
    await store('Nowhere');
    await expect(company.send('rob', broken, 'hold')).rejects.toThrow('CHANGE_QUARANTINED');
    await company.send('rob', other, 'hold');
    const { page, context, faults } = await visit(browser, `${server.url}/operations`, tokens.developer);
    await page.getByRole('tab', { name: 'Server' }).click();
    await page.getByRole('link', { name: 'Broken by hand' }).waitFor();
    await page.getByText("State 'Nowhere' does not exist", { exact: false }).waitFor();
    expect(await page.getByText('Untouched').count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Release' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('It should be well again.');
    const release = dialog.getByRole('button', { name: 'Release' });
    await release.click();
    await dialog.getByRole('alert').getByText('still broken', { exact: false }).waitFor();
    await store('Open');
    await release.click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('None. A change that breaks an invariant', { exact: false }).waitFor();
    await company.send('rob', broken, 'hold');
    expect(await company.ask('rob', `/v1/changes/${broken}`)).toMatchObject({ state: 'Held' });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is released on the command line, which says what is still broken', async () => {
    await store('Nowhere');
    await expect(company.send('rob', broken, 'resume')).rejects.toThrow('CHANGE_QUARANTINED');
    const failed = await server.run('release', 'SW-1', '--reason', 'perhaps');
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toMatch(/still broken and stays stopped.*Nowhere/s);
    await store('Held');
    expect(await server.run('release', 'SW-1', '--reason', 'the snapshot was restored')).toMatchObject({
      code: 0,
      stdout: 'SW-1 goes on.\n',
    });
    await company.send('rob', broken, 'resume');
  });

  it('stands beside the servers that run, which go when they stop, and the alarms that are set', async () => {
    const second = await Server.start(newDataDir(), { DATABASE_URL: database.adminUrl });
    const { page, context, faults } = await visit(browser, `${server.url}/operations`, tokens.developer, {
      viewport: { width: 360, height: 760 },
    });
    await page.getByRole('tab', { name: 'Server' }).click();
    const rows = page.getByRole('row', { name: /Process/ });
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(2);
    await page.getByRole('row', { name: new RegExp(`Answers here Process ${server.pid}\\b`) }).waitFor();
    await page.getByRole('row', { name: new RegExp(`Process ${second.pid}\\b`) }).waitFor();
    await page.getByText('in PostgreSQL', { exact: false }).waitFor();
    const [wide, window] = (await page.evaluate(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    )) as [number, number];
    expect(wide).toBeLessThanOrEqual(window);
    expect(await seriousViolations(page)).toEqual([]);
    await second.stop();
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(1);
    expect(faults).toEqual([]);
    await context.close();
  });
});
