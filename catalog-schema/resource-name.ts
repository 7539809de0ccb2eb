const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const CONTROLS = /[\p{Cc}\u2028\u2029]/u;
const MAX_BYTES = 255;

/**
 * What is wrong with a text as a resource's name, as a sentence; undefined when nothing is. A name becomes a file name on
 * somebody's disk: NFC, at most 255 bytes of UTF-8, no `/`, `\`, NUL or other control, no leading dot, no character that
 * turns the reading direction and so disguises an extension.
 */
export function nameProblem(name: string): string | undefined {
  if (name.length === 0) return 'Give the file a name.';
  if (name.normalize('NFC') !== name) return 'Write the name in Unicode NFC.';
  if (name.includes('/') || name.includes('\\')) return 'Leave slashes and backslashes out of the name.';
  if (CONTROLS.test(name)) return 'Leave control characters out of the name.';
  if (name.startsWith('.')) return 'Do not start the name with a dot.';
  if (BIDI_CONTROLS.test(name)) return 'Leave characters that change the reading direction out of the name.';
  if (!name.isWellFormed()) return 'Write the name in valid Unicode.';
  if (new TextEncoder().encode(name).length > MAX_BYTES) return `Shorten the name to ${MAX_BYTES} bytes of UTF-8.`;
  return undefined;
}

/** The nearest name that {@link nameProblem} accepts, for texts that others wrote; `fallback` when nothing is left of it. */
export function acceptableName(text: string, fallback: string): string {
  let name = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/[/\\]/g, '-')
    .trim()
    .replace(/^\.+/, '');
  const characters = [...name];
  while (new TextEncoder().encode(name).length > MAX_BYTES) {
    characters.pop();
    name = characters.join('');
  }
  return nameProblem(name) === undefined ? name : fallback;
}
