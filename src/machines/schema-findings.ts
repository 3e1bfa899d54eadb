/** Schema errors as findings: one sentence each, with the path to the key or value that is meant. */
import type { z } from 'zod';
import { type Finding, finding, type SourcePath } from './findings.ts';

/** All issues of a failed parse. */
export function schemaFindings(error: z.ZodError): Finding[] {
  return error.issues.flatMap((issue): Finding[] => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) =>
        finding('SCHEMA', `${nameOf(path)} has no key "${key}"; remove it.`, [...path, key], 'key'),
      );
    if (issue.code === 'invalid_key')
      return [finding('SCHEMA', `The key ${nameOf(path)} ${issue.issues[0]?.message}.`, path, 'key')];
    return [finding('SCHEMA', `${nameOf(path)}: ${issue.message}.`, path)];
  });
}

function nameOf(path: SourcePath): string {
  return path.length === 0 ? 'The workflow' : path.join(' / ');
}
