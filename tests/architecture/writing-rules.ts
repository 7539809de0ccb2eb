import { isTypeScript, occurrences } from './source-tree.ts';
import type { SourceFile, Violation } from './source-tree.ts';

const BANNED_WORDS = /(?:^|-)(?:utils?|helpers?|common|misc|managers?)$/;
const LONGEST_FILE = 400;
/** Made by a program, append-only, or text: length says nothing about them. */
const MAY_BE_LONG = [/(?:^|\/)generated\//, /\.generated\.tsx?$/, /(?:^|\/)migrations\//, /(?:^|\/)words\//];

/** Rules of house.md §3 and §5 about names, length and writing. */
export function writingViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => [...nameViolations(file.path), ...(isTypeScript(file.path) ? textViolations(file) : [])]);
}

function nameViolations(path: string): Violation[] {
  const broken = (rule: string): Violation => ({ path, line: 1, rule });
  const found: Violation[] = [];
  for (const part of path.split('/')) {
    const name = part.replace(/\.(?:test\.)?(?:d\.)?[a-z]+$/i, '');
    if (BANNED_WORDS.test(name)) found.push(broken(`the name ${part} says nothing: call it after what it holds`));
  }
  const file = path.split('/').at(-1) ?? '';
  if (isTypeScript(path)) {
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)?\.tsx?$/.test(file)) found.push(broken('source files are named in lower case with hyphens'));
    if (/(?:^|[^r])-service\.tsx?$/.test(file) || file === 'service.ts') found.push(broken('a command is called verb-noun, not …-service'));
  }
  return found;
}

function textViolations(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  const length = file.text.trimEnd().split('\n').length;
  if (length > LONGEST_FILE && !MAY_BE_LONG.some((allowed) => allowed.test(file.path)) && !/^\/[/*][^\n]*\bgenerated\b/i.test(file.text)) {
    found.push({ path: file.path, line: LONGEST_FILE + 1, rule: `${length} lines; at most ${LONGEST_FILE}` });
  }
  found.push(...occurrences(file, 'without_strings', /^[ \t]*export default\b/gm, 'exports are named'));
  found.push(...occurrences(file, 'without_strings', /(?:\bas|[:<|&,])\s*any\b(?=\s*(?:[;,)>=\]|&}]|\[\]|$))/gm, 'no any'));
  found.push(...occurrences(file, 'text', /^\s*\/[/*].*@ts-(?:ignore|nocheck)\b/gm, 'the compiler is not silenced'));
  found.push(...occurrences(file, 'text', new RegExp(`(?:/[/*]|^\\s*\\*).*\\b(?:${['TO', 'FIX', 'X'].map((a, i) => a + ['DO', 'ME', 'XX'][i]).join('|')})\\b`, 'gm'), 'no notes to oneself in comments'));
  return found;
}
