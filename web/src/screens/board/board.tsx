/** All changes: found by word, filtered by state, workflow and project; only the rows in sight are on the page. */
import { Group, NativeSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useAllChanges } from '../../data/queries.ts';
import { PageTitle } from '../../parts/small.tsx';
import { Answer, Bones, Empty } from '../../parts/states.tsx';
import { byStateOf, choicesOf, type Filter, filterOf, matching, queryOf } from './filter.ts';
import { Rows } from './rows.tsx';

export default function Board() {
  const changes = useAllChanges();
  const [query, setQuery] = useSearchParams();
  const filter = useMemo(() => filterOf(query), [query]);
  const late = useDeferredValue(filter);
  const all = changes.data;
  const shown = useMemo(() => matching(all ?? [], late), [all, late]);
  const choices = useMemo(() => choicesOf(all ?? []), [all]);
  const states = useMemo(() => byStateOf(all ?? [], { ...late, state: '' }), [all, late]);
  const set = (more: Partial<Filter>) => setQuery(queryOf({ ...filter, ...more }), { replace: true });
  return (
    <Stack gap="md" maw={1480}>
      <PageTitle note={all && countText(shown.length, all.length)}>Changes</PageTitle>
      <Group gap="sm" align="flex-end">
        <TextInput
          type="search"
          label="Search"
          placeholder="Title, key, author"
          value={filter.words}
          onChange={(event) => set({ words: event.currentTarget.value })}
          style={{ flex: '1 1 220px' }}
        />
        <NativeSelect
          label="State"
          className="filter"
          value={filter.state}
          onChange={(event) => set({ state: event.currentTarget.value })}
          data={[{ value: '', label: 'Every state' }, ...states]}
        />
        <NativeSelect
          label="Workflow"
          className="filter"
          value={filter.definition}
          onChange={(event) => set({ definition: event.currentTarget.value })}
          data={[{ value: '', label: 'Every workflow' }, ...choices.definitions]}
        />
        <NativeSelect
          label="Project"
          className="filter"
          value={filter.project}
          onChange={(event) => set({ project: event.currentTarget.value })}
          data={[{ value: '', label: 'Every project' }, ...choices.projects]}
        />
        <SegmentedControl
          aria-label="Open or closed"
          value={filter.open}
          onChange={(open) => set({ open: open as Filter['open'] })}
          data={[
            { value: 'open', label: 'Open' },
            { value: 'closed', label: 'Closed' },
            { value: 'all', label: 'All' },
          ]}
        />
      </Group>
      <Answer of={changes} bones={<Bones rows={6} height={52} />}>
        {() =>
          shown.length === 0 ? (
            <Empty title="No change fits">
              {all?.length === 0
                ? 'Nobody has proposed one yet.'
                : 'Take back a filter, or search for another word.'}
            </Empty>
          ) : (
            <Rows changes={shown} />
          )
        }
      </Answer>
      <Text className="sr-only" role="status">
        {all && `${countText(shown.length, all.length)} shown`}
      </Text>
    </Stack>
  );
}

function countText(shown: number, all: number): string {
  const what = all === 1 ? 'change' : 'changes';
  if (shown === all) return `${all.toLocaleString()} ${what}`;
  return `${shown.toLocaleString()} of ${all.toLocaleString()} ${what}`;
}
