/** What became of the commits, as a table and as a document. */
import { stateText } from '../state-text.ts';
import { cell, count, type Paint, table } from '../text.ts';
import type { Rewritten } from './change-ids.ts';
import type { DependsOn } from './facts.ts';
import { short } from './range.ts';
import { shortName } from './settings.ts';
import type { Recorded, Recording } from './stack.ts';

export function documentOf({ changes, notes }: Recording) {
  return {
    changes: changes.map(({ key, commit, title, done, change, dependsOn, refusal }) => ({
      key,
      id: change?.id ?? null,
      commit,
      title,
      done,
      revision: change?.revision?.number ?? null,
      state: change?.state ?? null,
      outcome: change?.outcome ?? null,
      depends_on: dependsOn,
      refusal,
    })),
    notes,
  };
}

export function tableOf({ changes }: Recording, paint: Paint): string {
  const rows = changes.map((each) => [
    cell(each.key, 42),
    { text: doneText(each), paint: each.done === 'refused' ? paint.red : same },
    each.change ? cell(stateText(each.change.state), 40) : '–',
    cell(each.title, 50),
    cell(dependsText(each.dependsOn), 120),
  ]);
  return table(paint, ['CHANGE', 'NOW', 'STATE', 'TITLE', 'DEPENDS ON'], rows);
}

const same = (text: string) => text;

function doneText({ done, change }: Recorded): string {
  return done === 'revised' ? `revision ${change?.revision?.number ?? '?'}` : done;
}

/** `I3f2a… (textual: does-not-apply-without)` */
function dependsText(all: readonly DependsOn[]): string {
  const by = new Map<string, string[]>();
  for (const { on, kind, rule } of all) by.set(on, [...(by.get(on) ?? []), `${kind}: ${rule}`]);
  return [...by].map(([on, rules]) => `${on.slice(0, 12)} (${rules.join(', ')})`).join('; ') || '–';
}

export function noticeOf({ changes, notes }: Recording, rewritten: Rewritten | null): string | undefined {
  const refused = changes.filter(({ done }) => done === 'refused');
  const lines = [
    ...(rewritten
      ? [
          `${count(rewritten.commits, 'commit')} got a Change-Id: ${shortName(rewritten.branch)} moved from ${short(rewritten.from)} to ${short(rewritten.to)} (the same content).`,
        ]
      : []),
    ...notes,
    ...refused.map(
      ({ key, refusal }) => `${key} was not recorded (${refusal?.code}): ${refusal?.message ?? ''}`,
    ),
  ];
  return lines.length > 0 ? lines.map((line) => cell(line, 1_000)).join('\n') : undefined;
}
