import { parseStrictJson, utf8 } from '#crypto';

/** Where a text stops being JSON, for people. */
export interface JsonPlace {
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
}

/** The place at which a text stops being JSON; undefined when it is JSON, or when its parser names no place. */
export function jsonPlace(text: string): JsonPlace | undefined {
  // The runtime's own parser names a place only sometimes.
  const at = /at character (\d+)/.exec(parserError(text))?.[1];
  if (at === undefined) return undefined;
  const before = text.slice(0, Number(at)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function parserError(text: string): string {
  try {
    parseStrictJson(utf8(text), { maxBytes: Number.MAX_SAFE_INTEGER });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
