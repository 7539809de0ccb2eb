import { isAscii } from 'node:buffer';

/** How a text file is written. */
export type TextEncoding = 'UTF-8' | 'UTF-8 (BOM)' | 'UTF-16' | 'ISO-8859-1' | 'Windows-1252';

const LABELS: Record<TextEncoding, string> = { 'UTF-8': 'utf-8', 'UTF-8 (BOM)': 'utf-8', 'UTF-16': 'utf-16', 'ISO-8859-1': 'windows-1252', 'Windows-1252': 'windows-1252' };

/** Watches the bytes of a file as they pass and tells at the end how its text is written. */
export interface EncodingWatch {
  update(bytes: Uint8Array): void;
  /** Undefined for bytes that are no text. */
  finish(): TextEncoding | undefined;
}

/** A watch over one file: UTF-8 as long as every byte fits, else one of the two Western encodings that spreadsheets write. */
export function watchEncoding(): EncodingWatch {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let first = new Uint8Array(0);
  let seen = 0;
  let utf8 = true;
  let unfinished = false;
  let binary = false;
  let windows = false;
  const decode = (bytes: Uint8Array | undefined): void => {
    if (!utf8) return;
    try {
      decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      utf8 = false;
    }
  };
  return {
    update(bytes) {
      if (first.length === 0) first = bytes.slice(0, 3);
      // The beginning tells whether this is text; later on a zero byte still gives a binary file away, and is found quickly.
      binary ||= bytes.includes(0) || (seen < SAMPLE_BYTES && bytes.some(isControl));
      seen += bytes.length;
      const ascii = isAscii(bytes);
      // A character may have been cut at the end of the piece before.
      if (!ascii || unfinished) decode(bytes);
      unfinished = !ascii;
      if (!utf8 && !windows) windows = bytes.some((byte) => byte >= 0x80 && byte <= 0x9f);
    },
    finish() {
      decode(undefined);
      if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff)) return 'UTF-16';
      if (binary) return undefined;
      if (utf8) return first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? 'UTF-8 (BOM)' : 'UTF-8';
      return windows ? 'Windows-1252' : 'ISO-8859-1';
    },
  };
}

const SAMPLE_BYTES = 1024 * 1024;

// Tab, line ends, form feed and escape stand in texts; other control characters do not.
function isControl(byte: number): boolean {
  return byte < 0x20 ? byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b : byte === 0x7f;
}

/** How the text of a sample (the beginning of a file, perhaps cut inside a character) is written; undefined when it is no text. */
export function encodingOfSample(sample: Uint8Array): TextEncoding | undefined {
  // At most three bytes of an unfinished character at the end: they are not looked at.
  let end = sample.length;
  while (end > sample.length - 4 && end > 0 && ((sample[end - 1] ?? 0) & 0x80) !== 0) end -= 1;
  const watch = watchEncoding();
  watch.update(sample.subarray(0, end === 0 ? sample.length : end));
  return watch.finish();
}

/** The text of bytes in an encoding; a byte order mark is dropped, bytes that do not fit become U+FFFD. */
export function decodeText(bytes: Uint8Array, encoding: TextEncoding): string {
  const label = encoding === 'UTF-16' ? (bytes[0] === 0xfe ? 'utf-16be' : 'utf-16le') : LABELS[encoding];
  return new TextDecoder(label).decode(bytes);
}
