/** A definition back in the author's grammar: see `machines/export/grammar.ts`, which is about definitions alone. */
export { durationText, grammarOf } from '../machines/export/grammar.ts';
