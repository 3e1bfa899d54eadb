/** Small things that many screens show: times, states, who somebody is, headings of a page. */
import { Avatar, Badge, Group, Text, Title, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { fullTime, relative, spelled, stateText } from '../data/words.ts';
import { useNow } from './clock.ts';

export function When({ time }: { readonly time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={fullTime(time)} className="tabular" style={{ whiteSpace: 'nowrap' }}>
      {relative(time, now)}
    </time>
  );
}

const COLOURS: Readonly<Record<string, string>> = {
  approved: 'teal',
  applied: 'teal',
  rejected: 'red',
  withdrawn: 'gray',
};

export function StateBadge({ state, outcome }: { readonly state: unknown; readonly outcome: string | null }) {
  const text = stateText(state);
  const full = outcome !== null && spelled(outcome) !== text ? `${text} (${outcome})` : text;
  return (
    <Badge color={outcome === null ? 'ink' : (COLOURS[outcome] ?? 'gray')} maw="100%" title={full}>
      {full}
    </Badge>
  );
}

export function Who({ name, kind = 'person' }: { readonly name: string; readonly kind?: string }) {
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex" style={{ verticalAlign: 'middle' }}>
      <Avatar size={20} name={name} color="initials" radius={kind === 'person' ? 'xl' : 4} aria-hidden />
      <span>{name}</span>
      {kind !== 'person' && (
        <Tooltip label={`Acts as ${kind}`}>
          <Badge size="xs" variant="outline" color="gray">
            {kind}
          </Badge>
        </Tooltip>
      )}
    </Group>
  );
}

export function PageTitle({ children, note }: { readonly children: ReactNode; readonly note?: ReactNode }) {
  return (
    <div>
      <Title order={1} size="h2">
        {children}
      </Title>
      {note !== undefined && (
        <Text c="dimmed" size="sm" mt={2}>
          {note}
        </Text>
      )}
    </div>
  );
}

export function SectionTitle({
  children,
  aside,
}: {
  readonly children: ReactNode;
  readonly aside?: ReactNode;
}) {
  return (
    <Group justify="space-between" mb="sm" gap="xs">
      <Title order={2} size="h5">
        {children}
      </Title>
      {aside}
    </Group>
  );
}
