/** Do attributes start as something they can be, and are they amended in places that exist? */
import { misfit } from './built-in.ts';
import { placeFindings } from './check-places.ts';
import type { Definition } from './definition.ts';
import { type Finding, finding } from './findings.ts';

export function checkAttributes(definition: Definition): Finding[] {
  return Object.entries(definition.attributes ?? {}).flatMap(([name, { initial, amend }]) => {
    const path = ['attributes', name];
    const problem = misfit(definition, name, initial);
    return [
      ...(problem
        ? [
            finding('BAD_INITIAL', `It starts as what it cannot be: ${problem}; change "initial".`, [
              ...path,
              'initial',
            ]),
          ]
        : []),
      ...placeFindings(definition, amend?.in, `amending "${name}"`, [...path, 'amend', 'in']),
    ];
  });
}
