/** What revisions hold: rows are added once and never changed. */
import type pg from 'pg';
import { query, read } from './pools.ts';
import type {
  ChangeRef,
  CommitHunks,
  ContentRecord,
  Hunk,
  RevisionFile,
  RevisionRef,
  StoredFile,
  TouchingHunks,
} from './records.ts';
import { ms } from './rows.ts';
import { isStorableText } from './text.ts';

/** Stores a revision's content with all its files, unless it has one; returns the content that stands now. */
export async function saveContent(
  pool: pg.Pool,
  content: ContentRecord,
  files: readonly StoredFile[],
): Promise<ContentRecord> {
  const { tenant, change, revision } = content;
  await query(
    pool,
    'storing the content of a revision',
    `with content as (
       insert into countersign.revision_contents
         (tenant_id, change_id, revision, digest, bytes, files, added, removed, recorded_by, recorded_at,
          commit_id, base_id)
       values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8, $9, to_timestamp($10::float8 / 1000), $21, $22)
       on conflict do nothing
       returning 1
     )
     insert into countersign.revision_files (tenant_id, change_id, revision,
       place, path, old_path, kind, is_binary, added, removed, digest, hunks, diff)
     select $1, $2, $3, f.place, f.path, f.old_path, f.kind, f.is_binary, f.added, f.removed,
       decode(f.digest, 'hex'), f.hunks::int4[], f.diff
     from content, unnest($11::int4[], $12::text[], $13::text[], $14::text[], $15::bool[], $16::int4[], $17::int4[],
       $18::text[], $19::text[], $20::bytea[])
       as f (place, path, old_path, kind, is_binary, added, removed, digest, hunks, diff)`,
    [
      ...[tenant, change, revision, content.digest, content.bytes, content.files],
      ...[content.added, content.removed, content.recordedBy, content.recordedAt],
      ...columnsOf(files),
      ...[content.commit ?? null, content.base ?? null],
    ],
  );
  const stands = (await findContents(pool, content)).find((each) => each.revision === revision);
  return stands ?? content;
}

function columnsOf(files: readonly StoredFile[]): unknown[][] {
  return [
    files.map(({ place }) => place),
    files.map(({ path }) => path),
    files.map(({ oldPath }) => oldPath),
    files.map(({ kind }) => kind),
    files.map(({ isBinary }) => isBinary),
    files.map(({ added }) => added),
    files.map(({ removed }) => removed),
    files.map(({ digest }) => digest),
    files.map(({ hunks }) => `{${hunks.flat().join(',')}}`),
    files.map(({ diff }) => diff),
  ];
}

/** Of all revisions of a change that have one, oldest first. */
export async function findContents(pool: pg.Pool, { tenant, change }: ChangeRef): Promise<ContentRecord[]> {
  const rows = await read<Based<ContentRecord> & pg.QueryResultRow>(
    pool,
    'reading the contents of a change',
    `select tenant_id as tenant, change_id as change, revision, encode(digest, 'hex') as digest, bytes, files, added,
       removed, recorded_by as "recordedBy", ${ms('recorded_at')} as "recordedAt", commit_id as commit, base_id as base
     from countersign.revision_contents where tenant_id = $1 and change_id = $2 order by revision`,
    [tenant, change],
  );
  return rows.map((row) => basedOf<ContentRecord>(row));
}

/** As a row has it: null where it is not known. */
type Based<T> = Omit<T, 'commit' | 'base'> & { commit: string | null; base: string | null };

function basedOf<T>({ commit, base, ...rest }: Based<T>): T {
  return { ...rest, ...(commit !== null && { commit }), ...(base !== null && { base }) } as T;
}

const FILE_COLUMNS = `place, path, old_path as "oldPath", kind, is_binary as "isBinary", added, removed,
  encode(digest, 'hex') as digest`;

export async function findRevisionFiles(
  pool: pg.Pool,
  { tenant, change, revision }: RevisionRef,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<RevisionFile[]> {
  return read<RevisionFile & pg.QueryResultRow>(
    pool,
    'listing the files of a revision',
    `select ${FILE_COLUMNS} from countersign.revision_files
     where tenant_id = $1 and change_id = $2 and revision = $3 and place > $4 order by place limit $5`,
    [tenant, change, revision, after, limit],
  );
}

export async function findRevisionFile(
  pool: pg.Pool,
  { tenant, change, revision }: RevisionRef,
  place: number,
): Promise<StoredFile | undefined> {
  const [row] = await read<Omit<StoredFile, 'hunks'> & pg.QueryResultRow & { hunks: number[] }>(
    pool,
    'reading a file of a revision',
    `select ${FILE_COLUMNS}, hunks, diff from countersign.revision_files
     where tenant_id = $1 and change_id = $2 and revision = $3 and place = $4`,
    [tenant, change, revision, place],
  );
  return row && { ...row, hunks: quadruples(row.hunks) };
}

/**
 * Only these decide which of the files that ever had the path count: subqueries that stay lookups by key, however the
 * planner takes the tables to be. A join planned while they were young would read them whole.
 */
const COUNTS = `f.change_id <> $3
  and (select s.outcome is null from countersign.workflow_states s
       where s.tenant_id = $1 and s.change_id = f.change_id)
  and f.revision = (select max(c.revision) from countersign.revision_contents c
       where c.tenant_id = $1 and c.change_id = f.change_id)`;

/**
 * What the newest stored content of every other open change does to these paths. Two steps, so that the index alone answers
 * for the many that do not count: a file that everybody touches has a row for every revision of every closed change.
 */
export async function hunksTouching(
  pool: pg.Pool,
  tenant: string,
  paths: readonly string[],
  exceptChange: string,
  page: TouchingPage = {},
): Promise<TouchingHunks[]> {
  const wanted = [...new Set(paths)].filter(isStorableText);
  if (wanted.length === 0) return [];
  const rows = await read<Based<Omit<TouchingHunks, 'hunks'>> & pg.QueryResultRow & { hunks: number[] }>(
    pool,
    'finding open changes that touch the same files',
    `select f.change_id as change, f.revision, w.path, f.kind, f.is_binary as "isBinary", f.hunks,
       c.commit_id as commit, c.base_id as base
     from unnest($2::text[]) as w (path)
     cross join lateral (
       (select f.change_id, f.revision, f.place from countersign.revision_files f
        where f.tenant_id = $1 and f.path = w.path and ${COUNTS} offset 0)
       union all
       (select f.change_id, f.revision, f.place from countersign.revision_files f
        where f.tenant_id = $1 and f.old_path = w.path and f.kind = 'renamed' and ${COUNTS} offset 0)
     ) as found
     cross join lateral (select * from countersign.revision_files f
       where f.tenant_id = $1 and f.change_id = found.change_id and f.revision = found.revision
         and f.place = found.place offset 0) as f
     cross join lateral (select c.commit_id, c.base_id from countersign.revision_contents c
       where c.tenant_id = $1 and c.change_id = found.change_id and c.revision = found.revision offset 0) as c
     order by f.change_id <> $4, f.change_id, f.place
     limit $5`,
    [tenant, wanted, exceptChange, page.first ?? '', page.limit ?? null],
  );
  return rows.map((row) => ({
    ...basedOf<TouchingHunks>({ ...row, hunks: [] }),
    hunks: quadruples(row.hunks),
  }));
}

export interface TouchingPage {
  /** Of all rows; all of them where it is left out. */
  readonly limit?: number;
  /** The change whose rows come first. */
  readonly first?: string;
}

/** What the revisions that are these commits do to these paths; commits that no stored revision is are absent. */
export async function hunksOfCommits(
  pool: pg.Pool,
  tenant: string,
  commits: readonly string[],
  paths: readonly string[],
): Promise<CommitHunks[]> {
  const wanted = [...new Set(commits)].filter(isStorableText);
  if (wanted.length === 0) return [];
  const rows = await read<HunksRow>(
    pool,
    'finding the revisions that are these commits',
    `select c.commit_id as commit, c.base_id as base, f.path, f.old_path as "oldPath", f.kind,
       f.is_binary as "isBinary", f.hunks
     from (select distinct on (commit_id) commit_id, base_id, change_id, revision
           from countersign.revision_contents where tenant_id = $1 and commit_id = any($2::text[])
           order by commit_id, change_id, revision) as c
     left join countersign.revision_files f
       on f.tenant_id = $1 and f.change_id = c.change_id and f.revision = c.revision
         and (f.path = any($3::text[]) or f.old_path = any($3::text[]))
     order by c.commit_id, f.place`,
    [tenant, wanted, paths.filter(isStorableText)],
  );
  const found = new Map<string, CommitHunks>();
  for (const { commit, base, hunks, path, ...file } of rows) {
    const files = found.get(commit)?.files ?? [];
    const more = path === null ? [] : [{ ...file, path, hunks: quadruples(hunks) }];
    found.set(commit, { commit, base, files: [...files, ...more] });
  }
  return [...found.values()];
}

/** Without a file where the revision touches none of the paths. */
type HunksRow = pg.QueryResultRow &
  Pick<StoredFile, 'oldPath' | 'kind' | 'isBinary'> & {
    commit: string;
    base: string | null;
    path: string | null;
    hunks: number[];
  };

function quadruples(flat: readonly number[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (let at = 0; at + 4 <= flat.length; at += 4)
    hunks.push(flat.slice(at, at + 4) as [number, number, number, number]);
  return hunks;
}
