/** Texts and times of strangers, made fit to be sent. */

/** No control characters, no halves of surrogate pairs, no space around. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
}

/** Undefined for what is no date: histories may carry any number as their time. */
export function timeOf(text: string | null | undefined): string | undefined {
  const ms = Date.parse(text ?? '');
  return text && !Number.isNaN(ms) && ms >= 0 ? text : undefined;
}
