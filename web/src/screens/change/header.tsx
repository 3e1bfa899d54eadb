/** What a change is: title, author, facts; and what the one who looks may do. */
import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { ChangeDocument } from '../../data/documents.ts';
import { spelled } from '../../data/words.ts';
import { ActionButton, possible } from '../../parts/action.tsx';
import { PlaySign } from '../../parts/icons.tsx';
import { ChangeState, ChangeTitle, When, Who } from '../../parts/small.tsx';

export function Header({ change }: { readonly change: ChangeDocument }) {
  const actions = possible(change);
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={6} style={{ flex: '1 1 320px', minWidth: 0 }}>
          <Group gap="xs" c="dimmed" fz="sm">
            <span>{change.key === null ? change.project : `${change.project} · ${change.key}`}</span>
            <span>
              follows{' '}
              <Link
                to={`/workflows/${encodeURIComponent(change.definition)}?version=${change.definition_version}`}
              >
                {change.definition} version {change.definition_version}
              </Link>
            </span>
          </Group>
          <ChangeTitle title={change.title} />
          <Group gap="sm" fz="sm">
            <ChangeState change={change} />
            <span>
              <Who name={change.author} kind={change.author_kind} /> proposed it{' '}
              <When time={change.created_at} />
            </span>
            <Attributes attributes={change.attributes} />
          </Group>
        </Stack>
        <Group gap="xs" role="group" aria-label="What you may do">
          {actions.map((action, place) => (
            <ActionButton
              key={`${action.trigger} ${action.for}`}
              change={change}
              action={action}
              first={place === 0}
            />
          ))}
          <Button
            variant="subtle"
            component={Link}
            to={`/changes/${change.id}/replay`}
            leftSection={<PlaySign />}
          >
            Replay
          </Button>
        </Group>
      </Group>
      {actions.length === 0 && change.outcome === null && (
        <Text size="sm" c="dimmed">
          There is nothing for you to do here now.
        </Text>
      )}
      {change.suspended !== null && (
        <Alert color="yellow">
          Suspended by {change.suspended.by} <When time={change.suspended.at} />: nothing but resuming it is
          heard.
        </Alert>
      )}
      {change.superseded_by !== null && (
        <Alert color="gray">
          <Link to={`/changes/${change.superseded_by}`}>Another change</Link> has taken its place.
        </Alert>
      )}
    </Stack>
  );
}

function Attributes({ attributes }: { readonly attributes: unknown }) {
  if (typeof attributes !== 'object' || attributes === null) return null;
  return Object.entries(attributes).map(([name, value]) => (
    <Badge key={name} variant="outline" color="gray" maw="100%" className="long-badge">
      {spelled(name)}: {Array.isArray(value) ? value.join(', ') : String(value)}
    </Badge>
  ));
}
