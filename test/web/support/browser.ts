/** Real Chromium, as Debian has it. Where it is missing, tests that need it say so and do not run. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const hasChromium = executablePath !== undefined;
if (!hasChromium) {
  const missing = 'Chromium is not installed (apt-get install chromium, or name it in CHROMIUM)';
  if (process.env.COUNTERSIGN_REQUIRE_CHROMIUM === '1') throw new Error(`${missing}.`);
  // biome-ignore lint/suspicious/noConsole: a skip is to be heard
  console.warn(`SKIPPED: ${missing}; tests of the web application do not run.`);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
}

/** A person with a browser of their own: nothing is shared with others but the server. */
export async function visit(
  browser: Browser,
  url: string,
  token: string | null,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly faults: string[] }> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  if (token !== null) {
    await page.addInitScript(`sessionStorage.setItem('countersign.token', ${JSON.stringify(token)})`);
  }
  await page.goto(url);
  return { page, context, faults };
}

const RULES = { all: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], colours: ['color-contrast'] };

/** Serious and critical violations of WCAG 2.2 A and AA, as sentences: all, or of the one rule that looks at colours. */
export async function seriousViolations(page: Page, rules: keyof typeof RULES = 'all'): Promise<string[]> {
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(AXE);
  const found: { id: string; impact: string; help: string; nodes: { html: string }[] }[] =
    await page.evaluate(
      `axe.run(document, { runOnly: ${JSON.stringify(RULES[rules])} }).then(({ violations }) => violations)`,
    );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
}
