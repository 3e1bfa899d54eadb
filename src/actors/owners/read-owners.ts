/** Owners files of any of the four formats as the rules they state, with what is wrong with them. */
import type { OwnersFormat } from '../../persistence/records.ts';
import { parseCodeOwners } from './codeowners.ts';
import type { OwnerRules } from './groups.ts';
import { parseOwnersFiles } from './owners-files.ts';
import { nameOf } from './owners-level.ts';

/** `files` leads from paths to their text. Of CODEOWNERS there is one; of OWNERS files any number. */
export function readOwners(format: OwnersFormat, files: Readonly<Record<string, string>>): OwnerRules {
  if (format === 'kubernetes' || format === 'gerrit')
    return parseOwnersFiles(new Map(Object.entries(files)), { format });
  const [[file, text] = ['CODEOWNERS', '']] = Object.entries(files);
  return parseCodeOwners(text, { dialect: format, file });
}

/** Why these files cannot be of that format, or undefined. */
export function misplaced(format: OwnersFormat, files: Readonly<Record<string, string>>): string | undefined {
  const paths = Object.keys(files);
  if (format === 'github' || format === 'gitlab')
    return paths.length === 1 ? undefined : `a project has one CODEOWNERS file; ${paths.length} were sent`;
  return paths.some((path) => nameOf(path) === 'OWNERS')
    ? undefined
    : 'no file is named OWNERS; name them by their paths, as in "lib/OWNERS"';
}
