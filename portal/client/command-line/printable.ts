// Control characters steer terminals; the format characters reorder or hide text. Both come from others' metadata.
const UNSAFE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** The text with everything removed that would steer a terminal or hide what it says; line breaks and tabs become blanks. */
export function printable(text: string): string {
  return text.replace(/[\t\n\r]+/g, ' ').replace(UNSAFE, '\ufffd');
}

/** A value as one line of JSON in which the same characters stand as escapes: programs read them back unchanged, terminals do not obey them. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The text as one word of a POSIX shell, quoted only where needed. */
export function shellWord(text: string): string {
  const shown = printable(text);
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(shown) && !shown.startsWith('-') ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
