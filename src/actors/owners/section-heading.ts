/** GitLab's section headings: `[Name]`, `^[Name]`, `[Name][2]`, each with default owners behind it. */

export interface SectionHeading {
  readonly name: string;
  readonly optional: boolean;
  /** How many of its owners must approve; 1 where the heading does not say. */
  readonly required: number;
  /** What follows the brackets, not yet read. */
  readonly owners: string;
}

const HEADING = /^(\^)?\[([^\]]*)\](?:\[([^\]]*)\])?(.*)$/;
const MAX_APPROVALS = 1_000;

/** Undefined where the line is no heading. Problems are reported as whole sentences. */
export function readSectionHeading(
  line: string,
  report: (message: string) => void,
): SectionHeading | 'malformed' | undefined {
  if (!/^\^?\[/.test(line)) return undefined;
  const [, caret, name = '', approvals, owners = ''] = HEADING.exec(line) ?? [];
  if (name.trim() === '') {
    report('A section heading needs a name between "[" and "]"; the line was skipped.');
    return 'malformed';
  }
  const optional = caret !== undefined;
  return { name: name.trim(), optional, required: approvalsOf(name, approvals, optional, report), owners };
}

function approvalsOf(
  name: string,
  text: string | undefined,
  optional: boolean,
  report: (message: string) => void,
): number {
  if (text === undefined || text === '') return 1;
  const count = Number(text);
  if (optional) report(`The section "${name}" is optional, so its number of approvals does not count.`);
  else if (!/^\d+$/.test(text) || count < 1 || count > MAX_APPROVALS)
    report(`The section "${name}" asks for "${text}" approvals, which is no number above 0; 1 is taken.`);
  else return count;
  return 1;
}
