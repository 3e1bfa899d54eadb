/** Where a definition counts working time, and by which calendar. Calendars belong to a tenant, so `check` cannot know them. */
import type { Definition } from './definition.ts';
import { type Finding, finding, type SourcePath } from './findings.ts';
import { scopesOf } from './paths.ts';

/** A finding for each place that names a calendar `isKnown` denies. */
export function unknownCalendars(definition: Definition, isKnown: (name: string) => boolean): Finding[] {
  return calendarsNamed(definition)
    .filter(({ name }) => !isKnown(name))
    .map(({ name, path }) => {
      const message = `There is no calendar "${name}"; set it with PUT /v1/calendars/${name}.`;
      return finding('UNKNOWN_CALENDAR', message, path);
    });
}

function calendarsNamed(definition: Definition): { readonly name: string; readonly path: SourcePath }[] {
  return scopesOf(definition).flatMap(({ prefix, states, transitions }) => {
    // `Review.code.` is the region `code` of `Review`.
    const [state = '', region] = prefix.split('.');
    const inside = region === undefined ? [] : ['states', state, 'regions', region];
    const timers = Object.entries(states).flatMap(([name, { timers: own = {} }]) =>
      Object.entries(own).map(([timer, each]) => ({ ...each, path: ['states', name, 'timers', timer] })),
    );
    const timed = transitions.flatMap((each) =>
      each.on === 'time' ? [{ ...each, path: ['transitions', `${each.from} -> ${each.to}`] }] : [],
    );
    return [...timers, ...timed].flatMap(({ calendar, path }) =>
      calendar === undefined ? [] : [{ name: calendar, path: [...inside, ...path, 'calendar'] }],
    );
  });
}
