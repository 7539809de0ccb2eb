import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the project as text. */
export interface SourceFile {
  /** Relative to the root of the project, with `/`. */
  path: string;
  text: string;
  /** The text with comments blanked out, lines and columns kept; for TypeScript only, else the text. */
  code: string;
  /** `code` with what is inside templates blanked out as well. */
  without_templates: string;
  /** `without_templates` with what is inside strings blanked out as well. */
  without_strings: string;
}

/** A broken rule, told so that a reader can go there. `line` counts from 1. */
export interface Violation {
  path: string;
  line: number;
  rule: string;
}

const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.sceau']);
const LARGEST_TEXT = 5_000_000;

/** Reads every text file below `root` that belongs to the project (what is installed, built or stored at run time does not). */
export async function readSourceTree(root: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const path of await pathsBelow(root, '')) {
    const bytes = await readFile(join(root, path));
    if (bytes.length > LARGEST_TEXT || bytes.subarray(0, 8000).includes(0)) continue;
    files.push(sourceFile(path, bytes.toString('utf8')));
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** One file as the rules see it. */
export function sourceFile(path: string, text: string): SourceFile {
  if (!isTypeScript(path)) return { path, text, code: text, without_templates: text, without_strings: text };
  return {
    path,
    text,
    code: blanked(text, (token) => token.startsWith('//') || token.startsWith('/*')),
    without_templates: blanked(text, (token) => token.startsWith('//') || token.startsWith('/*') || token.startsWith('`')),
    without_strings: blanked(text, () => true),
  };
}

/** True for `.ts` and `.tsx`. */
export function isTypeScript(path: string): boolean {
  return /\.tsx?$/.test(path);
}

/** Every place where `pattern` (global) occurs in the text or code of a file, as violations of one rule. */
export function occurrences(file: SourceFile, where: 'text' | 'code' | 'without_strings', pattern: RegExp, rule: string): Violation[] {
  return [...file[where].matchAll(pattern)].map((found) => ({ path: file.path, line: lineAt(file.text, found.index), rule }));
}

/** The line, from 1, of a position in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** `path:line rule`, one per line. */
export function report(violations: readonly Violation[]): string {
  return violations.map(({ path, line, rule }) => `${path}:${line} ${rule}`).join('\n');
}

async function pathsBelow(root: string, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    // A linked worktree has a file .git, which names a folder of its machine.
    if (NOT_OURS.has(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await pathsBelow(root, path)));
    else if (entry.isFile() && !entry.name.endsWith('.log')) paths.push(path);
  }
  return paths;
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=(?:^|[=(,:[!&|?{};\n]|return)[ \t]*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;

/** Blanks those comments, strings, templates and regular expressions that `unwanted` names; delimiters of strings stay. */
function blanked(text: string, unwanted: (token: string) => boolean): string {
  return text.replace(TOKEN, (token) => {
    if (!unwanted(token)) return token;
    if (token.startsWith('//') || token.startsWith('/*')) return token.replace(/[^\n]/g, ' ');
    return token.slice(0, 1) + token.slice(1, -1).replace(/[^\n]/g, ' ') + token.slice(-1);
  });
}
