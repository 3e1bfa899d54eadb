/** `import`: a real review history, from a file, a repository or the export of a code host, becomes changes and events. */
import { resolve } from 'node:path';
import { Api } from '../api.ts';
import { type Common, findServer } from '../connection.ts';
import type { HistoryKind } from '../import/kinds.ts';
import { progressBar } from '../import/progress.ts';
import { ruleFor } from '../import/rule.ts';
import { runImport } from '../import/run.ts';
import { sourceOf } from '../import/source.ts';
import type { Summary } from '../import/tally.ts';
import { workflowFor } from '../import/workflow.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { count, type Paint, painter, table } from '../text.ts';

interface Options extends Common {
  readonly project?: string;
  readonly definition?: string;
  readonly from?: HistoryKind;
  readonly concurrency?: number;
}

/** A server that restarts is waited for this long, command by command. */
const PATIENCE_MS = 30_000;
const CONCURRENCY = 256;

export async function importHistory(io: Io, options: Options, name: string): Promise<Result> {
  const { concurrency = CONCURRENCY, definition } = options;
  const target = findServer(io, options);
  const source = await sourceOf(resolve(io.cwd, name), options);
  const total = await source.count();
  const api = new Api(target, { patienceMs: PATIENCE_MS, connections: concurrency });
  try {
    const rule = ruleFor(await workflowFor(api, io.cwd, definition));
    const bar = await progressBar(io, total);
    try {
      const onProgress = bar.update;
      const summary = await runImport(source, { api, rule, concurrency, onProgress });
      return done(summary, summaryText(summary, painter(io)));
    } finally {
      bar.stop();
    }
  } finally {
    api.close();
  }
}

function summaryText(summary: Summary, paint: Paint): string {
  const { changes, outcomes, waiting, refused, skipped, late, contents, events, seconds } = summary;
  const rows = [
    ...countRows(outcomes, (outcome) => outcome),
    ...countRows(waiting, (regions) => `  waiting for ${regions}`),
    ...countRows(refused, (code) => `refused ${code}`),
    ...countRows(skipped, (reason) => `skipped: ${reason}`),
    ...countRows({ late }, () => 'votes that came late'),
    ...countRows({ contents }, () => 'with their diff'),
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
