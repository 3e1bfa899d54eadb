/** The history of a change as people read it, the newest first. */
import { Group, Stack, Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { TransitionDocument } from '../../data/documents.ts';
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
  most,
}: {
  readonly rows: readonly TransitionDocument[];
  readonly most?: number;
}) {
  const shown = [...rows].reverse().slice(0, most);
  if (shown.length === 0) return <Empty title="Nothing has happened yet" />;
  return (
    <ol className="history" aria-label="History, newest first">
      {shown.map((row) => (
        <Entry key={row.seq} row={row} />
      ))}
    </ol>
  );
}

function Entry({ row }: { readonly row: TransitionDocument }) {
  const { text, to, tone } = told(row);
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
