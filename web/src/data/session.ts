/**
 * Who is signed in: the token, kept in this tab only (`sessionStorage` is gone when the tab is), and what it says. The
 * server verifies it; here it is only read, for a name to show and to know which screens are of use.
 */
import { useSyncExternalStore } from 'react';

export interface Session {
  readonly token: string;
  readonly principal: string;
  readonly tenant: string;
  readonly kind: string;
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const KEY = 'countersign.token';
const listeners = new Set<() => void>();
let session = sessionOf(sessionStorage.getItem(KEY) ?? '');
let farewell: string | null = null;

/** Null where the text is no token that is valid now. */
export function sessionOf(token: string): Session | null {
  try {
    const payload = token.trim().split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (each) =>
      each.charCodeAt(0),
    );
    const claims: Record<string, unknown> = JSON.parse(new TextDecoder().decode(bytes));
    const { sub, tenant, kind, roles = [], exp } = claims;
    if (typeof sub !== 'string' || typeof tenant !== 'string' || typeof exp !== 'number') return null;
    if (exp * 1000 <= Date.now()) return null;
    const held = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
    return {
      token: token.trim(),
      principal: sub,
      tenant,
      kind: String(kind),
      roles: held,
      expiresAt: exp * 1000,
    };
  } catch {
    return null;
  }
}

export function signIn(next: Session): void {
  sessionStorage.setItem(KEY, next.token);
  session = next;
  farewell = null;
  tell();
}

/** `why` is said on the sign-in page. */
export function signOut(why: string | null = null): void {
  sessionStorage.removeItem(KEY);
  session = null;
  farewell = why;
  tell();
}

export function currentSession(): Session | null {
  return session;
}

export function whySignedOut(): string | null {
  return farewell;
}

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | null {
  return useSyncExternalStore(onSession, currentSession);
}

/** For what stands behind the sign-in page only. */
export function useSignedIn(): Session {
  const signedIn = useSession();
  if (signedIn === null) throw new Error('This part of the page is for people who are signed in.');
  return signedIn;
}

function tell(): void {
  for (const listener of listeners) listener();
}
