/** `timer schedule`, `snooze`, `cancel`, `fire` and `retarget`: what operators do to timers, to one or to all of a kind. */
import { CountersignError } from '../../errors.ts';
import type { Json } from '../../persistence/records.ts';
import type { Api } from '../api.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { clean, count, type Paint, painter } from '../text.ts';
import type { ReportedItem } from '../wire.ts';

export interface TimerOptions extends Common {
  readonly reason: string;
  readonly project?: string;
  /** Which timers, where no change is named. */
  readonly name?: string;
  readonly before?: string;
  readonly until?: string;
  readonly escalate?: string;
  readonly remind?: string;
}

export interface ScheduleOptions extends Common {
  readonly reason: string;
  readonly project?: string;
  readonly name: string;
  readonly at: string;
  readonly path: string;
  readonly escalate?: string;
  readonly remind?: string;
}

type Trigger = 'timer.snooze' | 'timer.cancel' | 'timer.fire' | 'timer.retarget';

interface Target {
  readonly change: string;
  readonly timer: string;
}

/** Changes in one request. */
const AT_ONCE = 500;
const PAGE = 200;

export async function operateTimers(
  io: Io,
  options: TimerOptions,
  trigger: Trigger,
  change: string | undefined,
  timer: string | undefined,
): Promise<Result> {
  const paint = painter(io);
  return connected(io, options, async (api) => {
    const targets = await targetsOf(api, options, change, timer);
    if (targets.length === 0) return done({ done: 0, refused: 0, items: [] }, 'No such timer is running.');
    const { until, escalate, remind, reason } = options;
    const more = { ...(until && { until }), ...(escalate && { escalate }), ...(remind && { remind }) };
    const items: ReportedItem[] = [];
    for (const [name, changes] of byTimer(targets))
      for (let at = 0; at < changes.length; at += AT_ONCE) {
        const part = changes.slice(at, at + AT_ONCE).map((id) => ({ change: id }));
        const report = await api.batch({ trigger, reason, data: { timer: name, ...more }, items: part });
        items.push(...report.items);
      }
    return reportOf(items, trigger, paint);
  });
}

export async function scheduleTimer(io: Io, options: ScheduleOptions, change: string): Promise<Result> {
  const { name, at, path, escalate, remind, reason, project } = options;
  const data: Json = { name, at, path, ...(escalate && { escalate }), ...(remind && { remind }) };
  return connected(io, options, async (api) => {
    const { id } = await findChange(api, change, project);
    const body = { trigger: 'timer.schedule', reason, data, items: [{ change: id }] };
    return reportOf((await api.batch(body)).items, 'timer.schedule', painter(io));
  });
}

async function targetsOf(
  api: Api,
  { project, name, before }: TimerOptions,
  change: string | undefined,
  timer: string | undefined,
): Promise<Target[]> {
  if (change !== undefined) {
    const found = await findChange(api, change, project);
    const names = timer === undefined ? found.timers.map((each) => each.name) : [timer];
    return names.map((each) => ({ change: found.id, timer: each }));
  }
  if (name === undefined && before === undefined)
    throw new CountersignError('INVALID_INPUT', 'Which timers? No change is named, and no query.', {
      hint: 'Name a change, or say --name and --before for timers of all changes.',
    });
  const found: Target[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.timers({ name, before, cursor, limit: PAGE });
    found.push(...page.items.map((each) => ({ change: each.change, timer: each.name })));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

function byTimer(targets: readonly Target[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { change, timer } of targets) groups.set(timer, [...(groups.get(timer) ?? []), change]);
  return groups;
}

function reportOf(items: readonly ReportedItem[], trigger: string, paint: Paint): Result {
  const refused = items.filter(({ problem }) => problem !== null);
  const lines = refused.map(
    ({ change, problem }) =>
      `${change}  ${paint.red('not done')} (${problem?.code}): ${clean(problem?.detail ?? '')}`,
  );
  const ok = items.length - refused.length;
  return {
    documents: [{ done: ok, refused: refused.length, items }],
    text: [...lines, `${trigger}: ${count(ok, 'timer')} done, ${refused.length} not.`].join('\n'),
    exit: refused.length === 0 ? 0 : 1,
  };
}
