/** The votes: what each ballot needs and has, who gave which vote, and why a vote counts or does not. */
import { Badge, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ChangeDocument } from '../../data/documents.ts';
import { spelled } from '../../data/words.ts';
import { When, Who } from '../../parts/small.tsx';
import { Panel } from './panel.tsx';

type Ballot = ChangeDocument['ballots'][string];

const STATUS: Readonly<Record<Ballot['status'], { readonly text: string; readonly colour: string }>> = {
  satisfied: { text: 'passed', colour: 'teal' },
  unsatisfied: { text: 'open', colour: 'gray' },
  overridden: { text: 'overridden', colour: 'yellow' },
  not_applicable: { text: 'not needed', colour: 'gray' },
};

export function Votes({ change }: { readonly change: ChangeDocument }) {
  return (
    <Panel title="Votes">
      <Stack gap="lg">
        {Object.entries(change.ballots).map(([name, ballot]) => (
          <BallotView key={name} name={name} ballot={ballot} change={change} />
        ))}
      </Stack>
    </Panel>
  );
}

function BallotView({
  name,
  ballot,
  change,
}: {
  readonly name: string;
  readonly ballot: Ballot;
  readonly change: ChangeDocument;
}) {
  const { text, colour } = ballot.vetoed ? { text: 'vetoed', colour: 'red' } : STATUS[ballot.status];
  return (
    <Stack gap={8}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {ballot.title ?? spelled(name)}
        </Text>
        <Badge color={colour}>{text}</Badge>
      </Group>
      {ballot.needs.map(({ sentence, satisfied, have, want }) => (
        <Stack key={sentence} gap={4}>
          <Text size="sm" c={satisfied ? 'var(--good)' : undefined}>
            {satisfied ? '✓ ' : ''}
            {sentence.replace(/_/g, ' ')}
          </Text>
          {want > 0 && (
            <Progress
              value={Math.min(100, (100 * have) / want)}
              size={5}
              color={satisfied ? 'teal' : 'ink'}
              aria-label={`${have} of ${want}`}
            />
          )}
        </Stack>
      ))}
      <Cast ballot={ballot} change={change} />
    </Stack>
  );
}

/** A committee may have voted: beyond these, the rest is shown when it is asked for. */
const SHOWN_AT_ONCE = 8;

function Cast({ ballot, change }: { readonly ballot: Ballot; readonly change: ChangeDocument }) {
  const [isAll, showAll] = useState(false);
  const { votes } = ballot;
  const shown = isAll ? votes : votes.slice(0, SHOWN_AT_ONCE);
  return (
    <Stack component="ul" gap={8} m={0} p={0} style={{ listStyle: 'none' }}>
      {shown.map((vote) => (
        <li key={`${vote.by} ${vote.for} ${vote.at}`}>
          <Text size="sm" component="div">
            <Who name={vote.by} />
            {vote.for !== null && ` for ${vote.for}`} <Value value={vote.value} />
          </Text>
          <Text size="xs" c="dimmed" pl={26}>
            {whyItCounts(vote, change)}, <When time={vote.at} />
          </Text>
        </li>
      ))}
      {votes.length > SHOWN_AT_ONCE && (
        <li>
          <Button size="compact-sm" variant="subtle" aria-expanded={isAll} onClick={() => showAll(!isAll)}>
            {isAll ? 'Show fewer votes' : `Show all ${votes.length} votes`}
          </Button>
        </li>
      )}
    </Stack>
  );
}

function Value({ value }: { readonly value: number }) {
  const text = value > 0 ? 'approves' : value < 0 ? 'rejects' : 'abstains';
  const weight = Math.abs(value) > 1 ? ` (${value > 0 ? '+' : '−'}${Math.abs(value)})` : '';
  return (
    <strong style={{ color: value > 0 ? 'var(--good)' : value < 0 ? 'var(--bad)' : undefined }}>
      {text + weight}
    </strong>
  );
}

function whyItCounts(
  { by, for: whom, revision, value }: Ballot['votes'][number],
  change: ChangeDocument,
): string {
  const current = change.revision?.number ?? 0;
  const hand = [change.author, change.revision?.author, change.revision?.uploader];
  if (value > 0 && (hand.includes(by) || (whom !== null && hand.includes(whom))))
    return 'had a hand in the change: may not count';
  if (value === 0) return 'no approval and no rejection';
  if (revision !== 0 && revision < current) return `given on revision ${revision}; still counts`;
  return current === 0 ? 'counts' : 'counts for this revision';
}
