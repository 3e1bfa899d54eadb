/** `import`: a real review history, a file of JSON lines or a git repository, becomes changes and events. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CountersignError, messageOf } from '../../errors.ts';
import { Api } from '../api.ts';
import { type Common, findServer } from '../connection.ts';
import { gitHistory } from '../import/git.ts';
import { historyFile } from '../import/history.ts';
import { progressBar } from '../import/progress.ts';
import type { HistorySource } from '../import/record.ts';
import { ruleFor } from '../import/rule.ts';
import { runImport } from '../import/run.ts';
import type { Summary } from '../import/tally.ts';
import { workflowFor } from '../import/workflow.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { count, type Paint, painter, table } from '../text.ts';

interface Options extends Common {
  readonly project?: string;
  readonly definition?: string;
  readonly concurrency?: number;
}

/** A server that restarts is waited for this long, command by command. */
const PATIENCE_MS = 30_000;
const CONCURRENCY = 256;

export async function importHistory(io: Io, options: Options, name: string): Promise<Result> {
  const { concurrency = CONCURRENCY, project, definition } = options;
  const target = findServer(io, options);
  const source = await sourceOf(resolve(io.cwd, name), project);
  const total = await source.count();
  const api = new Api(target, { patienceMs: PATIENCE_MS, connections: concurrency });
  try {
    const rule = ruleFor(await workflowFor(api, io.cwd, definition));
    const bar = await progressBar(io, total);
    try {
      const onProgress = bar.update;
      const summary = await runImport(source.records(), { api, rule, concurrency, onProgress });
      return done(summary, summaryText(summary, painter(io)));
    } finally {
      bar.stop();
    }
  } finally {
    api.close();
  }
}

/** A directory is a repository, anything else a file. */
async function sourceOf(path: string, project: string | undefined): Promise<HistorySource> {
  try {
    const isDirectory = (await stat(path)).isDirectory();
    return isDirectory ? gitHistory(path, project) : historyFile(path, project);
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

function summaryText(summary: Summary, paint: Paint): string {
  const { changes, outcomes, waiting, refused, late, events, seconds } = summary;
  const rows = [
    ...countRows(outcomes, (outcome) => outcome),
    ...countRows(waiting, (regions) => `  waiting for ${regions}`),
    ...countRows(refused, (code) => `refused ${code}`),
    ...countRows({ late }, () => 'votes that came late'),
  ];
  const speed = `${summary.events_per_second.toLocaleString('en')} per second`;
  const head = `${count(changes, 'change')}, ${count(events, 'event')} in ${seconds.toFixed(1)} s (${speed})`;
  const body = rows.map(([label, n]) => [`  ${label}`, n]);
  return [head, table(paint, ['', ''], body).replace(/^\n/, '')].join('\n');
}

function countRows(counts: Readonly<Record<string, number>>, label: (name: string) => string) {
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => [label(name), n.toLocaleString('en').padStart(8)] as const);
}
