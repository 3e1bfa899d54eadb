/**
 * The web application in Chromium, against the built server: a cold load of a change's page until one can act on it, held
 * against an empty page of the same gateway; and the frames of the board while it is scrolled, held against a page at rest.
 * COUNTERSIGN_BENCH_LOADS (12) and COUNTERSIGN_BENCH_CHANGES (5,000) say how much.
 */
import { type Browser, chromium } from 'playwright-core';
import { type Case, type Figure, figureOf } from './figures.ts';
import { type Company, openCompany } from './web/company.ts';
import { coldLoad, scrolled } from './web/pages.ts';

const LOADS = Number(process.env.COUNTERSIGN_BENCH_LOADS ?? 12);
const CHANGES = Number(process.env.COUNTERSIGN_BENCH_CHANGES ?? 5_000);
const FRAMES = 400;
const STEP_PX = 120;

/** The heading, the chart, and a button for what one may do. */
const USABLE = ['h1', 'svg[role=img], [role=img] svg', 'main button.mantine-Button-root'];

export async function web(report: (line: Case) => void): Promise<void> {
  const company = await openCompany(CHANGES);
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const empty = await loads(browser, company, '/livez', ['body']);
    const page = await loads(browser, company, `/changes/${company.change}`, USABLE);
    const baseline = { case: 'an empty page', figure: empty };
    report({ bench: 'web', case: 'cold load of a change', unit: 'loads/s', figure: page, baseline });
    await frames(browser, company, report);
  } finally {
    await browser.close();
    await company.close();
  }
}

async function loads(
  browser: Browser,
  { url, token }: Company,
  path: string,
  selectors: readonly string[],
): Promise<Figure> {
  const took: number[] = [];
  for (let load = 0; load < LOADS; load += 1)
    took.push(await coldLoad(browser, url + path, token, selectors));
  return figureOf(Float64Array.from(took), LOADS, sum(took));
}

async function frames(browser: Browser, { url, token }: Company, report: (line: Case) => void) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
  const page = await context.newPage();
  await page.addInitScript(`sessionStorage.setItem('countersign.token', ${JSON.stringify(token)});`);
  await page.goto(`${url}/changes`);
  await page.locator('ul[aria-label=Changes] li').first().waitFor();
  const rest = await scrolled(page, FRAMES, 0);
  const moving = await scrolled(page, FRAMES, STEP_PX);
  const rows = await page.locator('ul[aria-label=Changes] li').count();
  report({
    bench: 'web',
    case: `board of ${CHANGES}, scrolled`,
    unit: 'frames/s',
    figure: figureOf(moving, FRAMES, sum(moving)),
    baseline: { case: 'at rest', figure: figureOf(rest, FRAMES, sum(rest)) },
    detail: { rows_in_page: rows, late_frames: [...moving].filter((ms) => ms > 34).length },
  });
  await context.close();
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
