/** A row of the log as a sentence: who did what, and what came of it. */
import type { TransitionDocument } from '../../data/documents.ts';
import { moveText, NO_TITLES, placesOf, plainMessage, spelled, type Titles } from '../../data/words.ts';
import { timerName } from '../work/reasons.ts';

export type Tone = 'plain' | 'good' | 'bad' | 'quiet';

export interface Told {
  readonly text: string;
  /** Where it went, if it went anywhere. */
  readonly to: string | null;
  readonly tone: Tone;
}

const BUILT_IN: Readonly<Record<string, string>> = {
  propose: 'proposed the change',
  'change.revise': 'brought in a new revision',
  'change.amend': 'amended the facts',
  'change.depend': 'said what it depends on',
  'change.recommend': 'gave a recommendation',
  'change.suspend': 'put it to rest',
  'change.resume': 'let it go on',
  'change.supersede': 'replaced it by another change',
  'thread.open': 'opened a thread',
  'thread.comment': 'commented',
  'thread.resolve': 'resolved a thread',
  'dependency.recheck': 'looked at what it depends on',
};

export function told(row: TransitionDocument, titles: Titles = NO_TITLES): Told {
  const { kind, event, outcome } = row;
  const moved = JSON.stringify(placesOf(row.from)) !== JSON.stringify(placesOf(row.to));
  const to = moved && kind === 'transition' ? moveText(row.from, row.to, titles) : null;
  if (kind === 'refusal') {
    return {
      text: `tried “${named(event)}” and was refused: ${plainMessage(row.refusal?.message ?? '')}`,
      to: null,
      tone: 'bad',
    };
  }
  if (kind === 'late') return { text: `${named(event)} (too late to count; noted)`, to: null, tone: 'quiet' };
  const timer = /^xstate\.after\.(.+?)(?:\.[^.>]+){1,}$/.exec(event)?.[1];
  if (timer !== undefined) return { text: `Time was over: ${timerName(timer)}`, to, tone: 'plain' };
  const text = BUILT_IN[event] ?? `sent “${named(event)}”`;
  const tone = outcome === null ? 'plain' : outcome === 'approved' || outcome === 'applied' ? 'good' : 'bad';
  return { text: threadText(row) ?? text, to, tone: BUILT_IN[event] && to === null ? 'quiet' : tone };
}

function named(event: string): string {
  return BUILT_IN[event] ?? spelled(event).toLowerCase();
}

function threadText({ event, data }: TransitionDocument): string | null {
  if (!event.startsWith('thread.') || typeof data !== 'object' || data === null) return null;
  const { text, file, line } = data as { text?: unknown; file?: unknown; line?: unknown };
  const where =
    typeof file === 'string' ? ` on ${file}${typeof line === 'number' ? `, line ${line}` : ''}` : '';
  return `${BUILT_IN[event] ?? event}${where}${typeof text === 'string' ? `: “${text}”` : ''}`;
}
