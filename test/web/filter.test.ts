/** The filter of the board, as the address keeps it. */
import { describe, expect, it } from 'vitest';
import { filterOf, queryOf } from '../../web/src/screens/board/filter.ts';

describe('a filter of the board', () => {
  it('stands in the address, what is asked for alone, and comes back from it', () => {
    const filter = {
      words: 'ada keys',
      state: 'Review.law.pending',
      definition: '',
      project: '',
      open: 'all',
    };
    const query = queryOf(filter as Parameters<typeof queryOf>[0]);
    expect(query).toEqual({ words: 'ada keys', state: 'Review.law.pending', open: 'all' });
    expect(filterOf(new URLSearchParams(query))).toEqual(filter);
    expect(filterOf(new URLSearchParams('open=nonsense&other=1'))).toEqual({
      ...{ words: '', state: '', definition: '', project: '', open: 'open' },
    });
  });
});
