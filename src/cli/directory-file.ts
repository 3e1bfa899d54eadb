/** A directory as a file: who is who in a tenant, in TOML or JSON, and what has to be said to make it so. */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { z } from 'zod';
import {
  type Grant,
  grantSchema,
  groupSchema,
  nameOfGrant,
  placeSchema,
  principalSchema,
  projectSchema,
  type Said,
} from '../actors/directory/entries.ts';
import { CountersignError, messageOf } from '../errors.ts';
import type { DirectoryEntryDocument } from './wire.ts';

const file = z.strictObject({
  principals: z.record(z.string(), principalSchema).default({}),
  groups: z.record(z.string(), groupSchema).default({}),
  projects: z.record(z.string(), projectSchema).default({}),
  portfolios: z.record(z.string(), placeSchema).default({}),
  tenant: placeSchema.optional(),
  grants: z.array(grantSchema).default([]),
});

type DirectoryFile = z.output<typeof file>;

/** Throws FILE_UNREADABLE, and INVALID_INPUT with an issue for each mistake. */
export async function readDirectoryFile(path: string, named: string): Promise<DirectoryFile> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new CountersignError('FILE_UNREADABLE', `${named} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  const read = file.safeParse(dataOf(text, named));
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path: at, message }) => ({ path: at.join('.'), message }));
  const first = issues[0];
  const more = issues.length > 1 ? `, and ${issues.length - 1} more` : '';
  throw new CountersignError(
    'INVALID_INPUT',
    `${named}: ${first?.path || 'the file'}: ${first?.message}${more}.`,
    {
      issues,
    },
  );
}

function dataOf(text: string, named: string): unknown {
  try {
    return named.endsWith('.json') ? JSON.parse(text) : getStaticTOMLValue(parseTOML(text));
  } catch (cause) {
    const spelling = named.endsWith('.json') ? 'JSON' : 'TOML';
    throw new CountersignError('INVALID_INPUT', `${named} is not ${spelling}: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

/** What has to be said so that the directory says all that the file does; with `prune`, nothing else either. */
export function differences(
  wanted: DirectoryFile,
  standing: readonly DirectoryEntryDocument[],
  prune: boolean,
): Said[] {
  const have = new Map(standing.map((each) => [`${each.kind} ${each.name}`, each.value]));
  const want = new Map(saidIn(wanted).map((each) => [keyOf(each), each]));
  const news = [...want].flatMap(([key, each]) =>
    isDeepStrictEqual(have.get(key), valueIn(each)) ? [] : [each],
  );
  const gone = standing.filter(({ kind, name }) => prune && !want.has(`${kind} ${name}`)).map(takenAway);
  return [...news, ...gone];
}

function saidIn({ principals, groups, projects, portfolios, tenant, grants }: DirectoryFile): Said[] {
  return [
    ...Object.entries(principals).map(([name, value]) => ({ kind: 'principal', name, value }) as const),
    ...Object.entries(groups).map(([name, value]) => ({ kind: 'group', name, value }) as const),
    ...Object.entries(projects).map(([name, value]) => ({ kind: 'project', name, value }) as const),
    ...Object.entries(portfolios).map(([name, value]) => ({ kind: 'portfolio', name, value }) as const),
    ...(tenant ? [{ kind: 'tenant', name: 'tenant', value: tenant } as const] : []),
    ...grants.map((grant) => ({ kind: 'grant', grant, removed: false }) as const),
  ];
}

function keyOf(each: Said): string {
  return `${each.kind} ${each.kind === 'grant' ? nameOfGrant(each.grant) : each.name}`;
}

function valueIn(each: Said): unknown {
  return each.kind === 'grant' ? each.grant : each.value;
}

function takenAway({ kind, name, value }: DirectoryEntryDocument): Said {
  if (kind === 'grant') return { kind, grant: value as Grant, removed: true };
  return kind === 'tenant' ? { kind, name: 'tenant', value: null } : { kind, name, value: null };
}
