/**
 * Paths made up so that every rule of a project's owners files is asked once: what the rules then say of them is what they
 * would say of a change that touches such a file. A rule that others hide is never heard, and one whose pattern no plain
 * name fits is not asked.
 */
import type { OwnerRules } from '../owners/groups.ts';

/** Rules beyond these are not asked. */
const MAX_PATHS = 5_000;

/** By path, the pattern that it was made of: `web/**`. */
export function samplePaths(rules: OwnerRules): ReadonlyMap<string, string> {
  const paths =
    rules.kind === 'owners'
      ? rules.levels.flatMap(({ directory, entries }) =>
          ['', ...entries.flatMap(({ label }) => label?.split(',') ?? [])].flatMap((label) =>
            labelled(label).map((name): Sample => {
              const under = directory === '' ? '' : `${directory}/`;
              return [under + name, under + (label === '' ? '**' : label)];
            }),
          ),
        )
      : rules.sections.flatMap((section) =>
          section.rules.flatMap(({ pattern }) => {
            const parts = pattern.segments.filter((part, at, all) => part !== '**' || at === all.length - 1);
            const path = parts.map(plain).join('/');
            const { below, segments } = pattern;
            const text = segments.join('/') + (below && segments.at(-1) !== '**' ? '/**' : '');
            return (below ? [path, `${path}/${NAME}`] : [path]).map((each): Sample => [each, text]);
          }),
        );
  return new Map(paths.slice(0, MAX_PATHS));
}

type Sample = readonly [path: string, pattern: string];

const NAME = 'x';

/** A filter as it is written: globs in Gerrit's files, expressions in those of Kubernetes. */
function labelled(label: string): string[] {
  const name = plain(
    label
      .trim()
      .replace(/^\^|\$$/g, '')
      .replaceAll('.*', NAME),
  );
  return name === '' ? [NAME] : [name, NAME + name];
}

/** A name that the pattern of a segment fits, where it has nothing but stars and single letters in it. */
function plain(pattern: string): string {
  return pattern.replace(/\\(.)|\*+|\?/g, (_, escaped: string | undefined) => escaped ?? NAME);
}
