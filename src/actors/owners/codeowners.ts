/**
 * CODEOWNERS as GitHub and as GitLab read it: which line says that who owns which paths. What cannot be read becomes a
 * problem and is skipped, as both hosts do. GitHub's file has one unnamed section, GitLab's may have many, and the last
 * matching line of every section counts. Sources: GitHub "About code owners", GitLab "Syntax of CODEOWNERS file" (18).
 */
import { GlobError } from './glob.ts';
import type { OwnerLookup, Ownership, OwnersProblem } from './ownership.ts';
import { type CodeOwnersDialect, type PathPattern, readPathPattern } from './path-pattern.ts';
import { indexPatterns } from './pattern-index.ts';
import { readSectionHeading } from './section-heading.ts';

export type { CodeOwnersDialect } from './path-pattern.ts';

export interface CodeOwnersRule {
  readonly line: number;
  readonly pattern: PathPattern;
  /** Empty: nobody owns what this line matches. */
  readonly owners: readonly string[];
  /** GitLab's `!pattern`: what it matches has no owner in this section, whatever other lines say. */
  readonly excludes: boolean;
  readonly required: number;
}

export interface CodeOwnersSection {
  /** Empty for the lines before the first heading. */
  readonly name: string;
  /** Its owners are asked; nobody waits for them. */
  readonly optional: boolean;
  readonly rules: readonly CodeOwnersRule[];
}

export interface CodeOwners {
  readonly kind: 'codeowners';
  readonly dialect: CodeOwnersDialect;
  readonly file: string;
  readonly sections: readonly CodeOwnersSection[];
  readonly problems: readonly OwnersProblem[];
}

/** GitHub loads no larger file. */
const MAX_CHARACTERS = 3 * 1024 * 1024;
const OWNER: Record<CodeOwnersDialect, RegExp> = {
  github: /^(?:@[\w.-]+(?:\/[\w.-]+)?|[^\s@]+@[^\s@]+)$/,
  gitlab: /^(?:@[\w.-]+(?:\/[\w.-]+)*|@@(?:developer|maintainer|owner)s?|[^\s@]+@[^\s@]+)$/i,
};
/** A pattern, in which a backslash takes the next character along, and what follows it. */
const LINE = /^((?:\\.|[^\s\\])+)(?:\s+(.*))?$/;

interface Heading {
  readonly required: number;
  readonly optional: boolean;
  readonly owners: readonly string[];
}
interface OpenSection {
  readonly name: string;
  readonly headings: Heading[];
  readonly rules: CodeOwnersRule[];
}

/** Reads a whole file; `file` names it in problems and groups ("CODEOWNERS" where not given). */
export function parseCodeOwners(
  text: string,
  { dialect, file = 'CODEOWNERS' }: { readonly dialect: CodeOwnersDialect; readonly file?: string },
): CodeOwners {
  const problems: OwnersProblem[] = [];
  const unnamed: OpenSection = { name: '', headings: [], rules: [] };
  // GitLab calls the unnamed section "codeowners", so a section of that name joins it.
  const sections = new Map<string, OpenSection>([['codeowners', unnamed]]);
  let section = unnamed;
  let heading: Heading = { required: 1, optional: false, owners: [] };

  const readLine = (line: string, number: number): void => {
    const report = (message: string) => problems.push({ file, line: number, message });
    const headingRead = dialect === 'gitlab' ? readSectionHeading(line, report) : undefined;
    if (headingRead === 'malformed') return;
    if (headingRead) {
      const owners = readOwners(headingRead.owners, dialect, report) ?? [];
      heading = { required: headingRead.required, optional: headingRead.optional, owners };
      section = sections.get(headingRead.name.toLowerCase()) ?? {
        name: headingRead.name,
        headings: [],
        rules: [],
      };
      sections.set(headingRead.name.toLowerCase(), section);
      section.headings.push(heading);
      return;
    }
    const rule = readRule(line, number, dialect, heading, report);
    if (rule) section.rules.push(rule);
  };

  if (text.length > MAX_CHARACTERS)
    problems.push({
      file,
      line: 1,
      message: `${file} is larger than 3 MiB, so none of it counts; shorten it.`,
    });
  else
    text.split(/\r\n|\n|\r/).forEach((raw, index) => {
      const line = raw.trim();
      if (line !== '' && !line.startsWith('#')) readLine(line, index + 1);
    });
  return {
    kind: 'codeowners',
    dialect,
    file,
    sections: [...sections.values()].map(({ name, headings, rules }) => ({
      name,
      optional: headings.length > 0 && headings.every(({ optional }) => optional) && name !== '',
      rules,
    })),
    problems,
  };
}

type Report = (message: string) => void;

function readRule(
  line: string,
  number: number,
  dialect: CodeOwnersDialect,
  heading: Heading,
  report: Report,
): CodeOwnersRule | undefined {
  const [, written = '', rest = ''] = LINE.exec(line) ?? [];
  if (written === '') {
    report('The pattern ends with a lone backslash; the line was skipped.');
    return undefined;
  }
  if (dialect === 'github' && /^(?:!|\\#)/.test(written)) {
    const what = written.startsWith('!') ? 'Patterns that start with "!"' : 'Patterns that start with "\\#"';
    report(`${what} do not work on GitHub; the line was skipped.`);
    return undefined;
  }
  const excludes = dialect === 'gitlab' && written.startsWith('!');
  const pattern = readPattern(excludes ? written.slice(1) : written, dialect, report);
  if (!pattern) return undefined;
  if (excludes) return { line: number, pattern, owners: [], excludes, required: 0 };
  const own = readOwners(rest, dialect, report);
  if (!own) return undefined;
  const owners = rest === '' ? heading.owners : own;
  if (dialect === 'gitlab' && owners.length === 0)
    report('The line names no owner and its section has none either, so nobody owns what it matches.');
  return { line: number, pattern, owners, excludes, required: heading.required };
}

function readPattern(text: string, dialect: CodeOwnersDialect, report: Report): PathPattern | undefined {
  try {
    return readPathPattern(text, dialect);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    report(`The pattern "${text.slice(0, 100)}" ${error.message}; the line was skipped.`);
    return undefined;
  }
}

/** Undefined where the whole line is to be skipped: GitHub skips it for one malformed owner, GitLab skips that owner. */
function readOwners(text: string, dialect: CodeOwnersDialect, report: Report): string[] | undefined {
  const owners: string[] = [];
  let inComment = false;
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    if (word.startsWith('#') && !inComment) {
      if (dialect === 'github') break;
      inComment = true;
    }
    if (OWNER[dialect].test(word)) {
      if (inComment)
        report(`GitLab knows no comments behind a rule: "${word}" is an owner; move the comment away.`);
      owners.push(word);
    } else if (!inComment) {
      const what = dialect === 'github' ? 'the line was skipped' : 'the word was ignored';
      report(`"${word.slice(0, 100)}" is neither "@name" nor an email address; ${what}.`);
      if (dialect === 'github') return undefined;
    }
  }
  return [...new Set(owners)];
}

/** Who owns a path: one entry per section that has a line for it. */
export function codeOwnersLookup({ sections, dialect, file }: CodeOwners): OwnerLookup {
  const indexed = sections.map(({ rules, optional }) => ({
    rules,
    index: indexPatterns(
      rules.map(({ pattern }) => pattern),
      dialect,
    ),
    owned: rules.map(
      ({ line, owners, required }): Ownership => ({
        name: `${file}:${line}`,
        members: owners,
        required: optional ? 0 : required,
      }),
    ),
    hasExclusions: rules.some(({ excludes }) => excludes),
  }));
  return (path) => {
    const found: Ownership[] = [];
    for (const { rules, index, owned, hasExclusions } of indexed) {
      let last: Ownership | undefined;
      for (const position of index(path)) {
        if (rules[position]?.excludes) {
          last = undefined;
          break;
        }
        last ??= owned[position];
        if (!hasExclusions) break;
      }
      if (last && last.members.length > 0) found.push(last);
    }
    return found;
  };
}
