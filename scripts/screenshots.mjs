/**
 * Takes the pictures in docs/images: starts the built server on an empty directory, fills it with a small company at work, and
 * looks at every screen in Chromium. Usage: node scripts/screenshots.mjs [folder [name...]] (after `npm run build`).
 * COUNTERSIGN_URL uses a development server that runs already, CHROMIUM names another browser.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { chromium } from 'playwright-core';

const [target = 'docs/images', ...names] = process.argv.slice(2);
const wide = { width: 1360, height: 860 };
const widest = { width: 1920, height: 1080 };
const narrow = { width: 360, height: 760 };
const small = { width: 1024, height: 520 };
const NOBODYS = '01a00000-0000-7000-8000-000000000000';
const LOADING = '.mantine-Skeleton-root';
const ALERT = '[role=alert]';
const STILL_LOADING = '[role=status] .mantine-Loader-root, .mantine-Skeleton-root';

const server = process.env.COUNTERSIGN_URL ? { url: process.env.COUNTERSIGN_URL } : await startServer();
try {
  const { people } = await (await fetch(`${server.url}/dev/people.json`)).json();
  const tokens = Object.fromEntries(people.map(({ principal, token }) => [principal, token]));
  const seed = await createJiti(import.meta.url).import('../test/web/support/seed.ts');
  const company = new seed.Company(server.url, tokens);
  const made = process.env.COUNTERSIGN_URL ? await found(company) : await seed.fill(company);
  mkdirSync(target, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
  try {
    const wanted = shotsOf(made).filter(({ name }) => names.length === 0 || names.includes(name));
    for (const shot of wanted) await take(browser, tokens, shot);
  } finally {
    await browser.close();
  }
} finally {
  await server.stop?.();
}

/** @param {{ sessions: string, release: string }} made */
function shotsOf({ sessions, release }) {
  return [
    { name: 'sign-in', path: '/', who: null },
    { name: 'work', path: '/work', who: 'rob' },
    { name: 'change', path: `/changes/${sessions}`, who: 'rob', fullPage: true },
    { name: 'change-regions', path: `/changes/${release}`, who: 'rob', scheme: 'dark' },
    { name: 'content', path: `/changes/${sessions}#content`, who: 'rob' },
    { name: 'history', path: `/changes/${sessions}#history`, who: 'rob', fullPage: true },
    { name: 'dependencies', path: `/changes/${sessions}#dependencies`, who: 'rob' },
    { name: 'changes', path: '/changes', who: 'rob' },
    { name: 'workflows', path: '/workflows', who: 'developer' },
    { name: 'workflow', path: '/workflows/EnterpriseApproval', who: 'developer', fullPage: true },
    { name: 'operations', path: '/operations', who: 'developer', scheme: 'dark' },
    { name: 'operations-narrow', path: '/operations', who: 'developer', size: narrow },
    { name: 'servers', path: '/operations#server', who: 'developer' },
    { name: 'change-widest', path: `/changes/${release}`, who: 'rob', size: widest },
    { name: 'replay', path: `/changes/${sessions}/replay`, who: 'rob' },
    { name: 'work-narrow', path: '/work', who: 'rob', size: narrow },
    { name: 'change-narrow', path: `/changes/${sessions}`, who: 'rob', size: narrow, fullPage: true },
    { name: 'changes-narrow', path: '/changes', who: 'rob', size: narrow },
    ...statesOf(release),
  ];
}

/** A server that has nothing to tell, does not answer, answers with an error, and goes away; and where one asks for nothing. */
function statesOf(release) {
  const nothing = { json: { items: [], next_cursor: null } };
  const broken = { status: 500, body: 'out of order' };
  return [
    { name: 'state-empty', path: '/work', who: 'rita', size: small, api: (route) => route.fulfill(nothing) },
    {
      name: 'state-loading',
      path: `/changes/${release}`,
      who: 'rob',
      size: small,
      api: () => {},
      until: LOADING,
    },
    {
      name: 'state-error',
      path: '/changes',
      who: 'rob',
      size: small,
      api: (route) => route.fulfill(broken),
      until: ALERT,
    },
    { name: 'state-missing', path: `/changes/${NOBODYS}`, who: 'rob', size: small },
    {
      name: 'state-reconnecting',
      path: `/changes/${release}`,
      who: 'rob',
      size: small,
      isLost: true,
      until: ALERT,
    },
    {
      name: 'state-reconnecting-narrow',
      path: `/changes/${release}`,
      who: 'rob',
      size: narrow,
      scheme: 'dark',
      isLost: true,
      until: ALERT,
    },
  ];
}

async function take(browser, tokens, shot) {
  const { name, path, who, size = wide, scheme = 'light', fullPage = false, until } = shot;
  const context = await browser.newContext({ viewport: size, colorScheme: scheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (error) => process.stderr.write(`${name}: ${error}\n`));
  const isMeant = shot.api !== undefined || shot.isLost || path.includes(NOBODYS);
  page.on(
    'console',
    (said) => said.type() === 'error' && !isMeant && process.stderr.write(`${name}: ${said.text()}\n`),
  );
  if (who !== null) {
    await page.addInitScript((token) => sessionStorage.setItem('countersign.token', token), tokens[who]);
  }
  if (shot.api) await page.route(({ pathname }) => pathname.startsWith('/v1/'), shot.api);
  const lose = shot.isLost ? await losing(page) : undefined;
  await page.goto(server.url + path, { waitUntil: until === LOADING ? 'load' : 'networkidle' });
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  if (until !== LOADING) {
    await page.waitForLoadState('networkidle');
    await page.waitForFunction((waiting) => document.querySelector(waiting) === null, STILL_LOADING);
  }
  lose?.();
  if (until) await page.locator(until).first().waitFor();
  if (fullPage) await stretch(page, size.width);
  await page.screenshot({ path: join(target, `${name}.png`) });
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  if (scrollWidth > clientWidth) process.stderr.write(`${name}: wider than the window (${scrollWidth})\n`);
  await context.close();
}

/** A window as high as the page: what stands still beside it is then as high too. What depends on the window may grow with it. */
async function stretch(page, width) {
  for (let round = 0; round < 3; round++) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height });
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
  }
}

/** The connection of the page through here; the returned function cuts it, and no other comes. */
async function losing(page) {
  let isAway = false;
  const open = [];
  await page.routeWebSocket('**/v1/stream', (socket) => {
    if (isAway) return void socket.close({ code: 4000, reason: 'away' });
    socket.connectToServer();
    open.push(socket);
  });
  return () => {
    isAway = true;
    for (const socket of open) void socket.close({ code: 4000, reason: 'away' });
  };
}

async function startServer() {
  const data = mkdtempSync(join(tmpdir(), 'countersign-pictures-'));
  chmodSync(data, 0o711);
  const args = ['dist/cli/main.js', 'dev', '--port', '0', '--json', '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const stop = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    rmSync(data, { recursive: true, force: true });
  };
  return { url: JSON.parse(String(line)).url, stop };
}

/** What an earlier run made on the same server. */
async function found(company) {
  const { items } = await company.ask('rob', '/v1/changes?limit=200');
  const byKey = (key) => items.findLast((each) => each.key === key)?.id;
  return { sessions: byKey('SHOP-102'), release: byKey('REL-42') };
}
