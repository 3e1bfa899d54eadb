/** Small things that many screens show: times, states, who somebody is, headings of a page. */
import { Avatar, Badge, Group, Text, Title, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTitles } from '../data/titles.ts';
import { fullTime, relative, spelled, stateText, type Titles } from '../data/words.ts';
import { useTabTitle } from './arrival.ts';
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

interface Standing {
  readonly state: unknown;
  readonly outcome: string | null;
}

/** Where it stands. In a list it is cut where there is no room, elsewhere it goes on in the next line. */
export function StateBadge(props: Standing & { readonly titles?: Titles; readonly isCut?: boolean }) {
  const { state, outcome, titles, isCut = false } = props;
  const text = stateText(state, titles);
  const full = outcome !== null && spelled(outcome) !== text ? `${text} (${outcome})` : text;
  return (
    <Badge
      color={outcome === null ? 'ink' : (COLOURS[outcome] ?? 'gray')}
      maw="100%"
      className={isCut ? undefined : 'long-badge'}
      title={isCut ? full : undefined}
    >
      {full}
    </Badge>
  );
}

/** The same in the words of the workflow that the change follows. */
export function ChangeState(props: {
  readonly change: Standing & { readonly definition: string; readonly definition_version: number };
  readonly isCut?: boolean;
}) {
  const { change, isCut } = props;
  const titles = useTitles(change);
  return <StateBadge {...change} titles={titles} {...(isCut !== undefined && { isCut })} />;
}

export function Who({ name, kind = 'person' }: { readonly name: string; readonly kind?: string }) {
  return (
    <Group
      gap={6}
      wrap="nowrap"
      component="span"
      display="inline-flex"
      maw="100%"
      style={{ verticalAlign: 'middle' }}
    >
      <Avatar size={20} name={name} color="initials" radius={kind === 'person' ? 'xl' : 4} aria-hidden />
      <span className="who" title={name}>
        {name}
      </span>
      {kind !== 'person' && (
        <Tooltip label={`Acts as ${kind}`}>
          <Badge size="xs" variant="outline" color="gray" style={{ flex: 'none' }}>
            {kind}
          </Badge>
        </Tooltip>
      )}
    </Group>
  );
}

export function PageTitle({ children, note }: { readonly children: string; readonly note?: ReactNode }) {
  useTabTitle(children);
  return (
    <div>
      <Title order={1} size="h2" className="page-title">
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

/** A title of a change may have five hundred letters; a long one is set smaller, so that what follows is in sight. */
export function ChangeTitle({ title, before = '' }: { readonly title: string; readonly before?: string }) {
  useTabTitle(before + title);
  return (
    <Title order={1} size={title.length > 90 ? 'h4' : 'h2'} className="page-title">
      {before}
      {title}
    </Title>
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
