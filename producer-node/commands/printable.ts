// What others wrote (a purpose, a file name, a portal's sentence) could move the cursor, recolour or reverse what stands on a terminal.
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** A text as a terminal may show it: control and direction-changing characters become U+FFFD; line ends and tabs stay. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** A value as JSON over several lines, with the same characters as escapes: a program reads them back unchanged. */
export function jsonText(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2));
}

/** JSON text with the same characters as escapes. */
export function escaped(json: string): string {
  return json.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
