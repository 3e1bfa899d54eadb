/** Whose turn it is: what the change waits for, from whom, since when; whom to ask; and how long that usually takes. */
import { Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { ChangeDocument } from '../../data/documents.ts';
import { usePart } from '../../data/queries.ts';
import { useTitles } from '../../data/titles.ts';
import { duration, spelled } from '../../data/words.ts';
import { When, Who } from '../../parts/small.tsx';
import { firstOf, isChoice, needText, timerName } from '../work/reasons.ts';
import { Panel } from './panel.tsx';

interface Reviewers {
  readonly needs: readonly {
    readonly triggers: readonly string[];
    readonly suggested: readonly {
      readonly principal: string;
      readonly kind: string;
      readonly why: string;
    }[];
  }[];
}

interface Range {
  readonly low_ms: number;
  readonly likely_ms: number | null;
  readonly based_on: number;
}

interface Estimate {
  readonly next_step: Range | null;
  readonly outcome: Range | null;
}

export function Turn({ change }: { readonly change: ChangeDocument }) {
  const first = firstOf(change.waits_for);
  const waits = merged(change.waits_for)
    .filter((wait) => firstOf([wait]).length === 0)
    .sort((a, b) => Number(isChoice(a)) - Number(isChoice(b)));
  const titles = useTitles(change);
  const hasNeeds = waits.some((wait) => !isChoice(wait));
  const reviewers = usePart<Reviewers>(change.id, 'reviewers');
  const suggested = new Map(
    reviewers.data?.needs.flatMap((need) =>
      need.suggested.slice(0, 2).map((each) => [each.principal, each] as const),
    ),
  );
  if (change.outcome !== null) return <Over change={change} />;
  return (
    <Panel title="Whose turn it is">
      <Stack gap="md">
        <First keys={first} />
        {waits.length === 0 && first.length === 0 && <Text size="sm">Nobody’s: it goes on by itself.</Text>}
        {waits.map((wait) => (
          <Stack key={wait.reason + wait.roles.join()} gap={4}>
            <Text size="sm">
              {hasNeeds && isChoice(wait) && 'Or: '}
              {needText(wait, false, titles)}
            </Text>
            <Group gap={6}>
              {wait.roles.map((role) => (
                <Badge key={role} color="gray">
                  {spelled(role)}
                </Badge>
              ))}
              {wait.principals.map((name) => (
                <Who key={name} name={name} />
              ))}
            </Group>
            <Text size="xs" c="dimmed">
              since <When time={wait.since} />
            </Text>
          </Stack>
        ))}
        <Ask people={[...suggested.values()]} />
        <Times change={change} />
      </Stack>
    </Panel>
  );
}

const FIRST_AT_MOST = 5;

function First({ keys }: { readonly keys: readonly string[] }) {
  if (keys.length === 0) return null;
  const more = keys.length - FIRST_AT_MOST;
  const named = keys.slice(0, FIRST_AT_MOST).join(', ');
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {keys.length === 1 ? 'Another change has' : `${keys.length} changes have`} to come first: {named}
      {more > 0 && ` and ${more} more`}. <Link to="#dependencies">Dependencies</Link>
    </Text>
  );
}

function Over({ change }: { readonly change: ChangeDocument }) {
  return (
    <Panel title="It is over">
      <Text size="sm">
        {spelled(change.outcome ?? '')} <When time={change.updated_at} />.
      </Text>
    </Panel>
  );
}

/** Two ways of the same thing are one thing to wait for; the one with roles says more. */
function merged(waits: ChangeDocument['waits_for']): ChangeDocument['waits_for'] {
  return waits.filter(
    (wait, place) =>
      !waits.some(
        (other, index) =>
          index !== place &&
          other.reason === wait.reason &&
          (other.roles.length > wait.roles.length ||
            (index < place && other.roles.join() === wait.roles.join())),
      ),
  );
}

function Ask({
  people,
}: {
  readonly people: readonly { readonly principal: string; readonly kind: string; readonly why: string }[];
}) {
  if (people.length === 0) return null;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        Whom to ask
      </Text>
      {people.map(({ principal, kind, why }) => (
        <Text key={principal} size="sm">
          <Who name={principal} kind={kind} />{' '}
          <Text component="span" size="xs" c="dimmed">
            {why}
          </Text>
        </Text>
      ))}
    </Stack>
  );
}

function Times({ change }: { readonly change: ChangeDocument }) {
  const estimate = usePart<Estimate>(change.id, 'estimate');
  const outcome = estimate.data?.outcome;
  const next = [...change.timers].sort((a, b) => a.due_at.localeCompare(b.due_at));
  return (
    <Stack gap={4}>
      {next.map(({ name, due_at }) => (
        <Text key={name} size="sm" c="dimmed">
          {timerName(name)} <When time={due_at} />, unless something happens before
        </Text>
      ))}
      {outcome?.likely_ms != null && (
        <Text size="sm" c="dimmed">
          Changes like it took {duration(outcome.likely_ms)} more from here ({outcome.based_on} of them)
        </Text>
      )}
    </Stack>
  );
}
