/** The words of a workflow for its states, which stand on the chart and wherever else a state is named. */
import { useMemo } from 'react';
import type { Definition } from './documents.ts';
import { useDefinition } from './queries.ts';
import { NO_TITLES, type Titles } from './words.ts';

export function titlesOf({ states }: Pick<Definition, 'states'>): Titles {
  return new Map(
    Object.entries(states).flatMap(([name, { title }]) => (title === undefined ? [] : [[name, title]])),
  );
}

/** Empty until the definition is there; a version never changes, so it is asked for once. */
export function useTitles(change: {
  readonly definition: string;
  readonly definition_version: number;
}): Titles {
  const { data } = useDefinition(change.definition, change.definition_version);
  return useMemo(() => (data === undefined ? NO_TITLES : titlesOf(data.definition)), [data]);
}
