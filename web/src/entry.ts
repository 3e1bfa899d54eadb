/** The first script of the page, a small one: it asks for data, then for the page and for the screen at this address, all at once. */
import { askEarly } from './data/early.ts';

const { pathname } = location;
askEarly(pathname, sessionStorage.getItem('countersign.token'));
if (/^\/changes\/[^/]+$/.test(pathname)) {
  // Where it cannot be had the router asks again, and says so.
  import('./screens/change/change.tsx').catch(() => {});
}
await import('./main.tsx');
