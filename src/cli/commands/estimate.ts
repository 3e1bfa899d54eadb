/** `estimate`: when a change will go on and when it will be over, as the tenant's own past has it. */
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { cell, count } from '../text.ts';
import type { Estimate, TimeRange } from '../wire.ts';

interface Options extends Common {
  readonly project?: string;
}

export async function estimate(io: Io, options: Options, name: string): Promise<Result> {
  return connected(io, options, async (api) => {
    const change = await findChange(api, name, options.project);
    const found = await api.estimate(change.id);
    return done(found, estimateText(found));
  });
}

function estimateText({ next_step, outcome, why }: Estimate): string {
  const lines = [
    ...(next_step ? [`next step  ${rangeText(next_step)}`] : []),
    ...(outcome ? [`outcome    ${rangeText(outcome)}`, `           ${sharesText(outcome.by_outcome)}`] : []),
    ...(why === null ? [] : [`No estimate of ${lackText(next_step, outcome)}: ${cell(why, 300)}`]),
  ];
  return lines.join('\n');
}

function lackText(next: Estimate['next_step'], outcome: Estimate['outcome']): string {
  if (next === null && outcome === null) return 'either';
  return next === null ? 'the next step' : 'the outcome';
}

const SCOPES = {
  project: 'in this project',
  all_projects: 'in all projects',
  all_versions: 'in all projects, with any version of the workflow',
} as const;

/** `in about 5h; 1h to 2d for eight of ten (37 stays in this project)` */
function rangeText({ low_ms, likely_ms, high_ms, based_on, scope }: TimeRange): string {
  const about = likely_ms === null ? 'later than most that was seen' : `in about ${roughly(likely_ms)}`;
  const range =
    high_ms === null
      ? `nine of ten take ${roughly(low_ms)} or more`
      : `${roughly(low_ms)} to ${roughly(high_ms)} for eight of ten`;
  return `${about}; ${range} (${count(based_on, 'stay')} ${SCOPES[scope]})`;
}

/** Two units would pretend to know more than anybody does. */
export function roughly(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const;
  const [unit, unitMs] = units.find(([, each]) => ms >= each * 2) ?? units[2];
  return ms < 60_000 ? 'under 1m' : `${Math.round(ms / unitMs)}${unit}`;
}

/** `approved 87%, rejected 10%, not seen to end 3%` */
function sharesText(shares: Readonly<Record<string, number>>): string {
  return Object.entries(shares)
    .toSorted(([, a], [, b]) => b - a)
    .map(([end, share]) => `${end === 'open' ? 'not seen to end' : end} ${Math.round(share * 100)}%`)
    .join(', ');
}
