/** Line and column of places in a text that are asked for from its beginning to its end, in one pass over it. */
export interface PlaceInText {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly column: number;
}

export function placesOf(text: string): (offset: number) => PlaceInText {
  let [line, begin, end] = [1, 0, text.indexOf('\n')];
  return (offset) => {
    while (end >= 0 && end < offset) {
      line += 1;
      begin = end + 1;
      end = text.indexOf('\n', begin);
    }
    return { line, column: offset - begin + 1 };
  };
}
