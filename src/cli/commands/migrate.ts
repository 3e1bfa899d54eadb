/** `migrate`, `migrations`, `migration`: running changes brought to another version of their workflow, and back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CountersignError } from '../../errors.ts';
import type { Json } from '../../persistence/records.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import type { Migration, MigrationReport, NewMigration, StartedMigration } from '../life-wire.ts';
import { done, type Result, refused } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, clean, painter, table } from '../text.ts';

interface Options extends Common {
  readonly from: number;
  readonly to: number;
  readonly map?: readonly string[];
  readonly dropVotes?: readonly string[];
  readonly resetTimer?: readonly string[];
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly reason?: string;
}

const POLL_MS = 300;

export async function migrate(io: Io, options: Options, name: string): Promise<Result> {
  const { from, to, map = [], dropVotes = [], resetTimer = [], dryRun, reason } = options;
  const body: NewMigration = {
    ...{ definition: name, from, to, states: Object.fromEntries(map.map(pairOf)) },
    votes: Object.fromEntries(dropVotes.map((ballot) => [ballot, 'drop' as const])),
    timers: Object.fromEntries(resetTimer.map((timer) => [timer, 'reset' as const])),
    ...(reason !== undefined && { reason }),
  };
  return connected(io, options, async (api) => {
    if (dryRun) {
      const reply = await api.migrate<MigrationReport>({ ...body, dry_run: true });
      if (!reply.ok) return refused(reply.refusal);
      const { proven } = reply.value;
      return { ...done(reply.value, reportText(io, reply.value)), exit: proven ? 0 : 1 };
    }
    const reply = await api.migrate<StartedMigration>(body);
    if (!reply.ok) return refused(reply.refusal);
    let { migration } = reply.value;
    while (options.wait && migration.status === 'running') {
      await sleep(POLL_MS);
      migration = await api.migration(migration.id);
    }
    return done(migration, statusLine(migration));
  });
}

export async function migrations(io: Io, options: Common): Promise<Result> {
  const page = await connected(io, options, (api) => api.migrations());
  if (page.items.length === 0) return done(page, 'No running changes were ever migrated.');
  const rows = page.items.map((each) => [
    each.id,
    cell(each.definition),
    `${each.from} → ${each.to}`,
    each.status,
    String(each.moved),
    String(each.reverted),
    timeText(each.started_at),
    cell(each.started_by, 30),
  ]);
  const columns = ['MIGRATION', 'WORKFLOW', 'VERSIONS', 'STATUS', 'MOVED', 'REVERTED', 'STARTED (UTC)', 'BY'];
  return done(page, table(painter(io), columns, rows));
}

export async function migration(io: Io, options: Common, act: string, id: string): Promise<Result> {
  if (!['pause', 'resume', 'revert', 'close'].includes(act))
    throw new CountersignError('INVALID_INPUT', `"${act}" cannot be done to a migration.`, {
      hint: 'There are pause, resume, revert and close.',
    });
  const reply = await connected(io, options, (api) => api.actOnMigration(id, act));
  return reply.ok ? done(reply.value, statusLine(reply.value)) : refused(reply.refusal);
}

function statusLine({ id, definition, from, to, status, moved, reverted }: Migration): string {
  const back = reverted > 0 ? `, ${reverted} brought back` : '';
  const what = `${moved} changes of ${cell(definition)} brought from version ${from} to ${to}${back}`;
  return `${what}; the migration is ${status}.\n${id}`;
}

function reportText(io: Io, { proven, problems, landings, renames }: MigrationReport): string {
  const paint = painter(io);
  const rows = landings.map(({ from, to, count, examples }) => [
    stateText(from),
    to === null ? paint.red('nowhere') : stateText(to),
    String(count),
    examples[0] ?? '',
  ]);
  const lines = problems.map(({ severity, message }) =>
    severity === 'error' ? paint.red(clean(message)) : paint.yellow(clean(message)),
  );
  const guesses = renames.map(({ from, to }) => `Is "${from}" now "${to}"? Then say --map ${from}=${to}`);
  const verdict = proven
    ? paint.green('Proven: every change lands where an outcome can be reached.')
    : paint.red('Not proven: nothing would be moved.');
  const landed = rows.length > 0 ? [table(paint, ['FROM', 'TO', 'CHANGES', 'FOR EXAMPLE'], rows)] : [];
  return [...landed, ...lines, ...guesses.map((each) => paint.dim(clean(each))), verdict].join('\n');
}

/** `Review (code: pending)`. */
function stateText(state: Json): string {
  if (typeof state === 'string') return cell(state);
  const [[top = '', inner] = []] = Object.entries((state ?? {}) as Readonly<Record<string, Json>>);
  const parts = Object.entries((inner ?? {}) as object).map(([region, at]) => `${region}: ${String(at)}`);
  return cell(`${top} (${parts.join(', ')})`);
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new CountersignError('INVALID_INPUT', `--map takes OLD=NEW, not "${text}".`, {
    hint: 'Give paths, as --map Draft=Preparing or --map Review.code=Review.quality.',
  });
}
