import { parse } from 'csv-parse/sync';

/** What the first lines of a delimited text tell. */
export interface CsvShape {
  delimiter: ',' | ';' | '\t' | '|';
  /** Names from the first line; empty when the file has no line of names. */
  columns: string[];
  /** How many columns the lines have. */
  width: number;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
const SAMPLE_ROWS = 200;
const QUOTE = 0x22;
const LINE_END = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The shape of a table from the beginning of its text, whole lines only; undefined when the lines agree on no delimiter. `certain`
 * (the name says that it is a table) accepts a single column.
 */
export function csvShape(text: string, certain: boolean): CsvShape | undefined {
  let best: { delimiter: CsvShape['delimiter']; rows: string[][]; agreement: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const rows = parseRows(text, delimiter, SAMPLE_ROWS);
    const width = rows[0]?.length ?? 0;
    if (width < 2) continue;
    const agreement = rows.filter((row) => row.length === width).length / rows.length;
    if (agreement < 0.8) continue;
    if (best === undefined || agreement > best.agreement || (agreement === best.agreement && width > (best.rows[0]?.length ?? 0))) best = { delimiter, rows, agreement };
  }
  if (best === undefined) {
    const rows = certain ? parseRows(text, ',', SAMPLE_ROWS) : [];
    if (rows[0] === undefined) return undefined;
    best = { delimiter: ',', rows, agreement: 1 };
  }
  const [first = []] = best.rows;
  // One line of two cells is a sentence with a comma in it as well as a table.
  if (!certain && best.rows.length < 2) return undefined;
  return { delimiter: best.delimiter, columns: looksLikeNames(first, best.rows) ? first.map((cell) => cell.trim()) : [], width: first.length };
}

/** The rows of a delimited text, at most `limit`; stray quotes and uneven lines are accepted as they are. */
export function parseRows(text: string, delimiter: string, limit: number): string[][] {
  try {
    const rows: string[][] = parse(text, { delimiter, to: limit, bom: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 1_000_000 });
    return rows;
  } catch {
    // An unclosed quote or a line without end: not a table in this delimiter.
    return [];
  }
}

// Names are there, different from each other, and no numbers or dates; unless the whole table is text, in which case the first line names it.
function looksLikeNames(first: readonly string[], rows: readonly string[][]): boolean {
  const cells = first.map((cell) => cell.trim());
  if (rows.length < 2) return false;
  if (cells.some((cell) => cell === '') || new Set(cells).size !== cells.length) return false;
  return !cells.some((cell) => /^[+-]?[0-9][0-9 .,/:T-]*$/.test(cell) && !/^(19|20)[0-9]{2}$/.test(cell));
}

/** Counts the lines of a delimited text as its bytes pass; a line end inside quotes does not count. For ASCII-compatible encodings. */
export interface RowCount {
  update(bytes: Uint8Array): void;
  /** Lines that hold something, with the line of names. */
  finish(): number;
}

/** A count for a text with this delimiter. */
export function countRows(delimiter: string): RowCount {
  const separator = delimiter.charCodeAt(0);
  let quoted = false;
  let closed = false;
  let atFieldStart = true;
  let lineHolds = false;
  let rows = 0;
  // Without quotes only line ends matter, and these are found by the machine's own search.
  const countLines = (bytes: Uint8Array): void => {
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
      if (lineHolds || end - start > 1 || (end > start && bytes[start] !== CARRIAGE_RETURN)) rows += 1;
      lineHolds = false;
      start = end + 1;
    }
    lineHolds ||= bytes.length - start > 1 || (bytes.length > start && bytes[start] !== CARRIAGE_RETURN);
    const last = bytes[bytes.length - 1];
    if (last !== undefined) atFieldStart = last === LINE_END || last === CARRIAGE_RETURN || last === separator;
  };
  return {
    update(bytes) {
      // Files of old Macs end their lines with a carriage return alone; these go the long way.
      if (!quoted && !bytes.includes(QUOTE) && (bytes.includes(LINE_END) || !bytes.includes(CARRIAGE_RETURN))) {
        closed = false;
        return countLines(bytes);
      }
      for (const byte of bytes) {
        if (byte === QUOTE) {
          lineHolds = true;
          if (quoted) {
            quoted = false;
            closed = true;
            continue;
          }
          // Two quotes in a row are one quote in the text.
          if (atFieldStart || closed) quoted = true;
          closed = false;
          atFieldStart = false;
          continue;
        }
        closed = false;
        if (quoted) continue;
        if (byte === LINE_END || byte === CARRIAGE_RETURN) {
          if (lineHolds) rows += 1;
          lineHolds = false;
          atFieldStart = true;
        } else if (byte === separator) {
          atFieldStart = true;
          lineHolds = true;
        } else {
          atFieldStart = false;
          lineHolds = true;
        }
      }
    },
    finish: () => rows + (lineHolds ? 1 : 0),
  };
}
