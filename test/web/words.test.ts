/** How the screens say things: states in the author's words, what moved, and messages without names for programs. */
import { describe, expect, it } from 'vitest';
import type { TransitionDocument } from '../../web/src/data/documents.ts';
import { moveText, placeText, plainMessage, stateText } from '../../web/src/data/words.ts';
import { told } from '../../web/src/screens/change/telling.ts';

const TITLES = new Map([
  ['Review', 'In review'],
  ['Stage12Check', 'Stage 12: cost'],
]);

describe('a state in words', () => {
  it('is what the author of the workflow calls it', () => {
    expect(stateText('Stage12Check', TITLES)).toBe('Stage 12: cost');
    expect(stateText('CodeReview', TITLES)).toBe('Code review');
    expect(placeText('Stage12Check', TITLES)).toBe('Stage 12: cost');
    expect(placeText('Review.law.good', TITLES)).toBe('law good');
  });

  it('names regions, and puts those together that are in the same state', () => {
    expect(stateText({ Review: { law: 'pending', cost: 'good' } }, TITLES)).toBe(
      'In review · law pending, cost good',
    );
    const five = { law: 'good', cost: 'pending', data: 'good', quality: 'pending', reach: 'pending' };
    expect(stateText({ Review: five }, TITLES)).toBe(
      'In review · law, data good; cost, quality, reach pending',
    );
  });

  it('is only what moved, where one region did', () => {
    const before = { Review: { law: 'pending', cost: 'pending' } };
    expect(moveText(before, { Review: { law: 'good', cost: 'pending' } }, TITLES)).toBe('Law good');
    expect(moveText('Draft', before, TITLES)).toBe('In review · law, cost pending');
    expect(moveText(before, 'Stage12Check', TITLES)).toBe('Stage 12: cost');
    expect(moveText(null, 'Draft', TITLES)).toBe('Draft');
  });
});

describe('a refusal in the history', () => {
  it('says what was refused without names that only a program needs', () => {
    const message =
      'ada is the author of this change; "security_approve" in Review.security.pending has to come from somebody else.';
    expect(plainMessage(message)).toBe(
      'ada is the author of this change; “security approve” in security pending has to come from somebody else.',
    );
    expect(plainMessage('The file src/main.ts has "two words".')).toBe(
      'The file src/main.ts has "two words".',
    );
    const row = { kind: 'refusal', event: 'security_approve', outcome: null, refusal: { message } };
    expect(told(row as unknown as TransitionDocument).text).toMatch(
      /^tried “security approve” and was refused: ada/,
    );
  });
});
