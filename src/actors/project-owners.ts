/** Setting the owners of a project: files that cannot be read as they are meant are refused, line by line. */
import { CountersignError, type Issue } from '../errors.ts';
import type { ProjectOwners, ProjectRef } from '../persistence/records.ts';
import type { Principal } from './commands.ts';
import { misplaced, readOwners } from './owners/read-owners.ts';
import type { Clock, Store } from './ports.ts';

export type GivenOwners = Pick<ProjectOwners, 'format' | 'files' | 'reason'>;

const MAX_ISSUES = 100;

/**
 * Replaces the owners of a project; revisions that come from then on are judged by them. Throws INVALID_INPUT with an issue
 * for each defect, whose path is `files.<file>:<line>`.
 */
export async function setOwners(
  store: Pick<Store, 'setProjectOwners'>,
  clock: Clock,
  project: ProjectRef,
  given: GivenOwners,
  by: Principal,
): Promise<ProjectOwners> {
  const issues = issuesOf(given);
  if (issues.length > 0) {
    const count = issues.length === 1 ? 'one defect' : `${issues.length} defects`;
    throw new CountersignError(
      'INVALID_INPUT',
      `The owners of ${project.project} have ${count} and were not set.`,
      { issues: issues.slice(0, MAX_ISSUES) },
    );
  }
  const owners = { ...project, ...given, setBy: by.id, setAt: clock.now() };
  return { ...owners, setAt: await store.setProjectOwners(owners) };
}

function issuesOf({ format, files }: GivenOwners): Issue[] {
  const wrong = misplaced(format, files);
  if (wrong !== undefined) return [{ path: 'files', message: wrong }];
  return readOwners(format, files).problems.map(({ file, line, message }) => ({
    path: `files.${file}:${line}`,
    message,
  }));
}
