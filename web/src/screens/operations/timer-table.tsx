/** The table of timers: a box to choose each, and a menu of what can be done to it. */
import { ActionIcon, Box, Checkbox, Menu, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { TimerDocument } from '../../data/documents.ts';
import { fullTime } from '../../data/words.ts';
import { useNow } from '../../parts/clock.ts';
import { MoreSign } from '../../parts/icons.tsx';
import { When } from '../../parts/small.tsx';
import { timerName } from '../work/reasons.ts';
import type { Operation } from './operate.ts';
import { OPERATIONS } from './operate-form.tsx';

export const nameOf = ({ change, name }: TimerDocument) => `${change} ${name}`;

interface Props {
  readonly timers: readonly TimerDocument[];
  readonly titleOf: (change: string) => string;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
  readonly ask: (operation: Operation, timer: TimerDocument) => void;
}

export function TimerTable({ timers, titleOf, chosen, choose, ask }: Props) {
  const count = timers.filter((timer) => chosen.has(nameOf(timer))).length;
  const isAll = count === timers.length;
  return (
    <Table.ScrollContainer
      minWidth={300}
      type="native"
      className="surface"
      tabIndex={0}
      role="region"
      aria-label="Timers"
    >
      <Table verticalSpacing="sm" horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={48}>
              <Checkbox
                aria-label="Select all that are shown"
                checked={isAll}
                indeterminate={count > 0 && !isAll}
                onChange={() => choose(new Set(isAll ? [] : timers.map(nameOf)))}
              />
            </Table.Th>
            <Table.Th>Due</Table.Th>
            <Table.Th>What will happen</Table.Th>
            <Table.Th visibleFrom="sm">Change</Table.Th>
            <Table.Th w={56}>
              <span className="sr-only">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {timers.map((timer) => (
            <Row
              key={nameOf(timer)}
              timer={timer}
              title={titleOf(timer.change)}
              isChosen={chosen.has(nameOf(timer))}
              toggle={() => choose(toggled(chosen, nameOf(timer)))}
              ask={ask}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Below this a timer that is over waits for the clock alone, above it for the server. */
const LATE_MS = 5_000;

function Row({
  timer,
  title,
  isChosen,
  toggle,
  ask,
}: Pick<Props, 'ask'> & {
  readonly timer: TimerDocument;
  readonly title: string;
  readonly isChosen: boolean;
  readonly toggle: () => void;
}) {
  const what = `${timerName(timer.name)}: ${title}`;
  const isLate = Date.parse(timer.due_at) < useNow() - LATE_MS;
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox aria-label={`Select ${what}`} checked={isChosen} onChange={toggle} />
      </Table.Td>
      <Table.Td>
        <When time={timer.due_at} />
        <Text size="xs" visibleFrom={isLate ? undefined : 'sm'} c={isLate ? 'var(--bad)' : 'dimmed'}>
          {isLate ? 'Overdue: ' : ''}
          {fullTime(timer.due_at)}
        </Text>
      </Table.Td>
      <Table.Td>
        {timerName(timer.name)}
        <Box hiddenFrom="sm" fz="sm">
          <Link to={`/changes/${timer.change}`}>{title}</Link>
        </Box>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Link to={`/changes/${timer.change}`}>{title}</Link>
      </Table.Td>
      <Table.Td>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Act on ${what}`}>
              <MoreSign />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {(Object.keys(OPERATIONS) as Operation[]).map((operation) => (
              <Menu.Item
                key={operation}
                c={operation === 'cancel' ? 'var(--bad)' : undefined}
                onClick={() => ask(operation, timer)}
              >
                {OPERATIONS[operation].label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}

function toggled(chosen: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const others = [...chosen].filter((each) => each !== name);
  return new Set(chosen.has(name) ? others : [...others, name]);
}
