/** What is measured within a page of Chromium: when a person can begin, and how long each frame took while one scrolls. */
import type { Browser, Page } from 'playwright-core';

/** Sets `usableAt` (ms since navigation began) when everything that `selectors` name is there for the first time. */
const watching = (selectors: readonly string[]) => `
  const seen = new MutationObserver(() => {
    if (!${JSON.stringify(selectors)}.every((each) => document.querySelector(each))) return;
    seen.disconnect();
    requestAnimationFrame(() => { globalThis.usableAt = performance.now(); });
  });
  seen.observe(document, { childList: true, subtree: true, attributes: true });`;

/** A page as a person opens it who was never there: nothing in any cache. Resolves with ms until all of it stands. */
export async function coldLoad(
  browser: Browser,
  url: string,
  token: string,
  selectors: readonly string[],
): Promise<number> {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1360, height: 860 } });
  const page = await context.newPage();
  await page.addInitScript(`sessionStorage.setItem('countersign.token', ${JSON.stringify(token)});`);
  await page.addInitScript(watching(selectors));
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction('globalThis.usableAt !== undefined');
  const ms = await page.evaluate<number>('globalThis.usableAt');
  await context.close();
  return ms;
}

/** Milliseconds between frames while the page moves `stepPx` in each of `frames` frames. */
export async function scrolled(page: Page, frames: number, stepPx: number): Promise<Float64Array> {
  const times = await page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    const next = (now) => {
      times.push(now);
      if (times.length > ${frames}) return resolve(times);
      scrollBy(0, ${stepPx});
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  })`);
  return Float64Array.from(times.slice(1), (time, place) => time - (times[place] ?? time));
}
