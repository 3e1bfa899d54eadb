/** Coming to another screen: its name stands in the tab, the page begins at its top, and the keyboard and readers are there too. */
import { useEffect, useRef } from 'react';
import { useLocation, useNavigationType } from 'react-router';

export function useTabTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Countersign`;
    return () => {
      document.title = 'Countersign';
    };
  }, [title]);
}

/** Going back is left to the browser, which knows where one was. */
export function useArrival(contentId: string): void {
  const { pathname } = useLocation();
  const kind = useNavigationType();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    document.getElementById(contentId)?.focus({ preventScroll: true });
    if (kind === 'PUSH') scrollTo(0, 0);
  }, [pathname, kind, contentId]);
}
