/** The history of a change as people read it, the newest first. */
import { Group, Stack, Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { TransitionDocument } from '../../data/documents.ts';
import type { Titles } from '../../data/words.ts';
import { When, Who } from '../../parts/small.tsx';
import { Empty } from '../../parts/states.tsx';
import { type Tone, told } from './telling.ts';

const COLOURS: Readonly<Record<Tone, string>> = {
  plain: 'var(--accent)',
  good: 'var(--good)',
  bad: 'var(--bad)',
  quiet: 'var(--quiet)',
};

export function History({
  rows,
  titles,
  most,
}: {
  readonly rows: readonly TransitionDocument[];
  readonly titles: Titles;
  readonly most?: number;
}) {
  const shown = withoutRepeats([...rows].reverse()).slice(0, most);
  if (shown.length === 0) return <Empty title="Nothing has happened yet" />;
  return (
    <ol className="history" aria-label="History, newest first">
      {shown.map(({ row, times }) => (
        <Entry key={row.seq} row={row} times={times} titles={titles} />
      ))}
    </ol>
  );
}

interface Shown {
  readonly row: TransitionDocument;
  /** How often in a row the same was refused to the same person. */
  readonly times: number;
}

function withoutRepeats(rows: readonly TransitionDocument[]): readonly Shown[] {
  const shown: Shown[] = [];
  const sameness = ({ kind, principal, event, refusal }: TransitionDocument) =>
    JSON.stringify([kind, principal, event, refusal?.message]);
  for (const row of rows) {
    const last = shown.at(-1);
    const isSame = last !== undefined && row.kind === 'refusal' && sameness(row) === sameness(last.row);
    if (isSame) shown[shown.length - 1] = { row: last.row, times: last.times + 1 };
    else shown.push({ row, times: 1 });
  }
  return shown;
}

function Entry({ row, times, titles }: Shown & { readonly titles: Titles }) {
  const { text, to, tone } = told(row, titles);
  const isSystem = row.principal_kind === 'system';
  return (
    <li style={{ '--tone': COLOURS[tone] } as CSSProperties}>
      <Stack gap={2}>
        <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {!isSystem && (
              <>
                <Who name={row.principal} kind={row.principal_kind} />{' '}
              </>
            )}
            {isSystem ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text}
            {to !== null && (
              <>
                {' → '}
                <strong>{to}</strong>
              </>
            )}
            {times > 1 && <strong> ({times} times)</strong>}
          </Text>
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            <When time={row.occurred_at} />
          </Text>
        </Group>
        {row.reason !== null && (
          <Text
            size="sm"
            c="dimmed"
            pl="sm"
            style={{ borderLeft: '2px solid var(--line)', overflowWrap: 'anywhere' }}
          >
            {row.reason}
          </Text>
        )}
        {row.role !== null && (
          <Text size="xs" c="dimmed">
            as {row.role.replace(/_/g, ' ')}
            {row.via !== null && `, by ${row.via}`}
          </Text>
        )}
      </Stack>
    </li>
  );
}
