import { occurrences } from './source-tree.ts';
import type { SourceFile, Violation } from './source-tree.ts';

/** Built from parts so that this file does not break its own rules. */
const PRIVATE_PEM = new RegExp(`-----BEGIN [A-Z ]*${'PRIVATE'} KEY(?: BLOCK)?-----[\\s\\\\n]+[A-Za-z0-9+/=]{16}`, 'g');
const AGE_IDENTITY = new RegExp(`${'AGE-SECRET'}-KEY-(?:PQ-)?1[0-9A-Z]{40,}`, 'gi');
const PRIVATE_JWK = /\{(?=[^{}]*["']?\bkty["']?\s*:)(?=[^{}]*["']?\bd["']?\s*:\s*["'][A-Za-z0-9_-]{32,}["'])[^{}]*\}/g;
const MACHINE_PATH = new RegExp(`(?<![\\w.~)}-])/(?:${['work', 'root'].join('|')})/(?=[a-z.])`, 'g');
const REGISTRY_HOST = /\bregistry\.[a-z0-9-]+\.(?:org|com|net|io|dev)\b|["']?resolved["']?\s*:\s*["']https?:/g;

/** Published examples (of an RFC, say) and our own vectors contain keys by their nature; they open nothing else. */
const VECTORS = /^tests\/vectors\//;

/** What must not lie in the tree at all: keys, paths of somebody's machine, the address of somebody's package registry. */
export function treeViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => [
    ...(VECTORS.test(file.path)
      ? []
      : [
          ...occurrences(file, 'text', PRIVATE_PEM, 'a private key (PEM) lies in the tree'),
          ...occurrences(file, 'text', AGE_IDENTITY, 'an age identity lies in the tree'),
          ...occurrences(file, 'text', PRIVATE_JWK, 'a private key (JWK) lies in the tree'),
        ]),
    ...occurrences(file, 'text', MACHINE_PATH, 'a path of one machine'),
    ...occurrences(file, 'text', REGISTRY_HOST, 'the address of a package registry'),
    ...(/(?:^|\/)\.npmrc$/.test(file.path) ? [{ path: file.path, line: 1, rule: 'settings of npm are personal' }] : []),
  ]);
}
