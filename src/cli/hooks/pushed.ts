/** What git tells a `pre-receive` hook: one line per ref, the old commit, the new one, and the name. */

export interface PushedRef {
  /** Null where the ref is new. */
  readonly old: string | null;
  /** Null where it is deleted. */
  readonly next: string | null;
  readonly ref: string;
}

export function pushedRefs(text: string): readonly PushedRef[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [old = '', next = '', ...ref] = line.split(' ');
      return { old: commitIn(old), next: commitIn(next), ref: ref.join(' ') };
    });
}

function commitIn(id: string): string | null {
  return /^0+$/.test(id) ? null : id;
}

/** `refs/heads/*` matches all that start so, anything else is the whole name. */
export function matches(ref: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? ref.startsWith(pattern.slice(0, -1)) : ref === pattern,
  );
}
