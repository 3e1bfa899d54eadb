/** Until when: the next thing that time will do to a change, and how long that is from now. */
import { Text } from '@mantine/core';
import type { ChangeDocument } from '../../data/documents.ts';
import { fullTime, relative } from '../../data/words.ts';
import { useNow } from '../../parts/clock.ts';
import { timerName } from './reasons.ts';

export function Due({ change }: { readonly change: ChangeDocument }) {
  const now = useNow();
  const [next] = [...change.timers].sort((a, b) => a.due_at.localeCompare(b.due_at));
  if (next === undefined) return null;
  const isSoon = Date.parse(next.due_at) - now < 86_400_000;
  return (
    <Text
      component="span"
      inherit
      c={isSoon ? 'var(--wait)' : 'dimmed'}
      title={fullTime(next.due_at)}
      className="tabular"
    >
      {timerName(next.name)} {relative(next.due_at, now)}
    </Text>
  );
}
