/** The web application in real Chromium against the built server: what people do with it, and what they see when others do. */
import type { Browser, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../e2e/process.ts';
import { hasChromium, openBrowser, seriousViolations, visit } from './support/browser.ts';
import { Company, type Filled, fill, type Names, type Tokens, tokensOf } from './support/seed.ts';

/** Answers every event of the page with an error, and passes all else on. */
function refusing(socket: WebSocketRoute, detail: string): void {
  const server = socket.connectToServer();
  socket.onMessage((text) => {
    const { id, type } = JSON.parse(String(text));
    const error = { code: 'STALE_VERSION', title: detail, detail, status: 409, retryable: false };
    if (type === 'event') socket.send(JSON.stringify({ id, type: 'error', error }));
    else server.send(text);
  });
}

describe.runIf(hasChromium)('the web application', { timeout: 60_000 }, () => {
  let server: Server;
  let browser: Browser;
  let company: Company;
  let tokens: Tokens;
  let made: Filled;
  let developer: Awaited<ReturnType<typeof visit>> | undefined;

  beforeAll(async () => {
    server = await Server.start();
    browser = await openBrowser();
    tokens = await tokensOf(server.url);
    company = new Company(server.url, tokens);
    made = await fill(company);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const enter = (who: Names, path: string, options = {}) =>
    visit(browser, server.url + path, tokens[who], options);

  it('lets one of the people of a development server in', async () => {
    const { page, context, faults } = await visit(browser, server.url, null);
    await page.getByRole('button', { name: /^rita/ }).click();
    await page.getByRole('heading', { name: 'Work', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Account of rita' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Countersign' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('lets somebody in with a token, and says so where it is none', async () => {
    const { page, context } = await visit(browser, `${server.url}/changes`, null);
    await page.getByLabel('Token').fill('nonsense');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This is no token that is valid now.', { exact: false }).waitFor();
    await page.getByLabel('Token').fill(tokens.rob);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Changes', level: 1 }).waitFor();
    await context.close();
  });

  it('signs out where the server does not take the token', async () => {
    const forged = `${tokens.rob.slice(0, -6)}AAAAAA`;
    const { page, context } = await visit(browser, `${server.url}/work`, forged);
    await page.getByRole('heading', { name: 'Sign in to Countersign' }).waitFor();
    await page.getByRole('alert').waitFor();
    await context.close();
  });

  it("shows another person's approval without being asked, and lets one approve", async () => {
    const change = await company.propose('ada', 'EnterpriseApproval', 'Passwords are hashed anew');
    await company.send('ada', change, 'submit');
    const { page, context, faults } = await enter('rob', `/changes/${change}`);
    await page.getByText('Security review', { exact: true }).first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await company.send('rita', change, 'security_approve', { reason: 'Seen and understood.' });
    await page.getByText('Seen and understood.').waitFor();
    await page.getByRole('button', { name: 'Code approve' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('It does what it says.');
    await page.getByRole('dialog').getByRole('button', { name: 'Code approve' }).click();
    await page.getByRole('tabpanel').getByText('It does what it says.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('needs 2 approvals; has 1').first().waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('does not ask for what the server would refuse, and says what it refused', async () => {
    const change = await company.propose('ada', 'ReleaseApproval', 'Release 9');
    await company.send('ada', change, 'submit');
    const { page, context } = await enter('ada', '/work');
    await page.routeWebSocket('**/v1/stream', (socket) => refusing(socket, 'Somebody was faster.'));
    await page.goto(`${server.url}/changes/${change}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Reject' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Security approve' }).count()).toBe(0);
    await dialog.getByLabel('Reason').fill('Wrong branch.');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await dialog.getByText('Somebody was faster.').waitFor();
    await context.close();
  });

  it('keeps a decision that was made while the server was away, over a reload, and sends it once', async () => {
    const change = await company.propose('ada', 'ReleaseApproval', 'Release 10');
    await company.send('ada', change, 'submit');
    const { page, context } = await enter('rita', '/work');
    const network = { isAway: false, hasLost: false };
    await page.routeWebSocket('**/v1/stream', (socket) => {
      if (network.isAway) return void socket.close({ code: 4000, reason: 'away' });
      const server = socket.connectToServer();
      // What the page sends is lost on the way, as is the connection.
      socket.onMessage((text) => {
        if (JSON.parse(String(text)).type !== 'event' || network.hasLost) return server.send(text);
        network.isAway = true;
        network.hasLost = true;
        void server.close();
        void socket.close({ code: 4000, reason: 'away' });
      });
    });
    await page.goto(`${server.url}/changes/${change}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Security approve' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Said while nobody listened.');
    await page.getByRole('dialog').getByRole('button', { name: 'Security approve' }).click();
    await page.getByRole('dialog').getByText('Kept in this browser.', { exact: false }).waitFor();
    await page.reload();
    await page.getByText('One decision waits to be sent.', { exact: false }).waitFor();
    await page.goto('about:blank');
    network.isAway = false;
    await page.goto(`${server.url}/changes/${change}`);
    await page.getByText('Security approve, which had waited for the server: done.').waitFor();
    await page.getByRole('tabpanel').getByText('Said while nobody listened.').waitFor();
    const { items } = await company.ask('rita', `/v1/changes/${change}/transitions`);
    const sent = (items as { event: string }[]).filter(({ event }) => event === 'security_approve');
    expect(sent).toHaveLength(1);
    expect(await page.evaluate('Object.keys(localStorage).filter((n) => n.includes("outbox"))')).toEqual([]);
    await context.close();
  });

  it('comments on a line of a diff', async () => {
    const { page, context, faults } = await enter('rita', `/changes/${made.sessions}#content`);
    await page.getByText('Should this not be a setting?').waitFor();
    await page.getByRole('button', { name: 'Comment on line 16' }).last().click();
    await page.getByLabel('Comment on line 16').last().fill('Good: this was missing.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('article').getByText('Good: this was missing.').waitFor();
    const { items } = await company.ask('rita', `/v1/changes/${made.sessions}/threads`);
    expect(items).toContainEqual(expect.objectContaining({ file: 'src/session.ts', line: 16, revision: 1 }));
    expect(faults).toEqual([]);
    await context.close();
  });

  it('finds changes by words and by state', async () => {
    const { page, context } = await enter('rob', '/changes');
    await page.getByRole('link', { name: /Sessions end/ }).waitFor();
    await page.getByLabel('Search').fill('ada tokens');
    await page.getByRole('link', { name: /Sessions end/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /Tokens are signed/ }).click();
    await page.getByRole('heading', { name: /Tokens are signed/, level: 1 }).waitFor();
    await context.close();
  });

  it('goes back in the history of a change, by keyboard', async () => {
    const { page, context } = await enter('rob', `/changes/${made.sessions}/replay`);
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByText('Step 1 of', { exact: false }).waitFor();
    await page.getByRole('img', { name: /The change is in Recorded locally/ }).waitFor();
    await context.close();
  });

  // Each is another document than the one before.
  const screens = [
    '/work',
    '/changes/SESSIONS',
    '/changes',
    '/changes/SESSIONS#content',
    '/workflows',
    '/changes/SESSIONS#history',
    '/workflows/EnterpriseApproval',
    '/changes/SESSIONS#dependencies',
    '/operations',
    '/changes/RELEASE',
    '/changes/SESSIONS/replay',
  ];
  it.each(screens)('has no serious violation of accessibility and fits 360 pixels at %s', async (screen) => {
    const path = screen.replace('SESSIONS', made.sessions).replace('RELEASE', made.release);
    // One browser sees all of them: to read the application anew takes longer than to look at a screen.
    developer ??= await enter('developer', '/work');
    const { page, faults } = developer;
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.goto(server.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.mantine-Skeleton-root, .mantine-Loader-root').first().waitFor({ state: 'detached' });
    const violations: string[] = [];
    for (const [colorScheme, rules] of [
      ['light', 'all'],
      ['dark', 'colours'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      violations.push(...(await seriousViolations(page, rules)).map((each) => `${colorScheme}: ${each}`));
    }
    expect(violations).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    // By the debugger, since the page's policy permits no evaluation of texts.
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    await expect.poll(width, { timeout: 10_000 }).toBeLessThanOrEqual(360);
    expect(faults).toEqual([]);
  });

  it('says that the server is gone, and catches up when it is back', async () => {
    const change = await company.propose('ada', 'EnterpriseApproval', 'The server goes and comes back');
    const { page, context } = await enter('rob', `/changes/${change}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await server.stop();
    await page
      .getByRole('alert')
      .getByText('The connection to the server is lost', { exact: false })
      .waitFor();
    const { port } = new URL(server.url);
    server = await Server.start(server.dataDir, {}, ['--port', port]);
    await company.send('ada', change, 'submit', { reason: 'Sent after the server came back.' });
    await page.getByText('Sent after the server came back.').waitFor({ timeout: 30_000 });
    await page.getByText('Live', { exact: true }).waitFor();
    await context.close();
  });
});
