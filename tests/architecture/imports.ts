import { dirname, normalize } from 'node:path/posix';
import { isTypeScript, lineAt } from './source-tree.ts';
import type { SourceFile } from './source-tree.ts';

/** One import or re-export. */
export interface ImportEdge {
  from: string;
  line: number;
  specifier: string;
  /** Erased by the compiler: `import type`. (`import { type A }` is not: the module is still loaded.) */
  type_only: boolean;
  /** The names between the braces that exist at run time; `*` for a namespace or a dynamic import. */
  names: string[];
  /** The file of ours it leads to; undefined for packages and for files that do not exist. */
  to: string | undefined;
}

const STATEMENT = /(?:^|[;\n}])[ \t]*(?:import|export)\b([^'"`;]*?)\bfrom[ \t\n]*(['"])([^'"\n]+)\2/g;
const BARE = /(?:^|[;\n}])[ \t]*import[ \t]*(['"])([^'"\n]+)\1/g;
const DYNAMIC = /\bimport\(\s*(['"])([^'"\n]+)\1/g;

/** All imports of the TypeScript files, subpath imports (`#crypto`) resolved to the index of their folder. */
export function importEdges(files: readonly SourceFile[]): ImportEdge[] {
  const paths = new Set(files.map((file) => file.path));
  return files.filter((file) => isTypeScript(file.path)).flatMap((file) => edgesOf(file, paths));
}

/** Which file a specifier means, when it is one of ours. */
const SUBPATHS: Record<string, string> = {
  '#crypto': 'crypto/index.ts',
  '#catalog-schema': 'catalog-schema/index.ts',
  '#client': 'portal/client/index.ts',
  '#backup': 'deploy/backup/index.ts',
};

function edgesOf(file: SourceFile, paths: ReadonlySet<string>): ImportEdge[] {
  const edge = (index: number, specifier: string, clause: string): ImportEdge => ({
    from: file.path,
    line: lineAt(file.text, index + 1),
    specifier,
    type_only: /^\s*type\b(?!\s*,)/.test(clause),
    names: namesOf(clause),
    to: resolve(file.path, specifier, paths),
  });
  return [
    ...[...file.without_templates.matchAll(STATEMENT)].map((found) => edge(found.index, found[3] ?? '', found[1] ?? '')),
    ...[...file.without_templates.matchAll(BARE)].map((found) => edge(found.index, found[2] ?? '', '')),
    ...[...file.without_templates.matchAll(DYNAMIC)].map((found) => edge(found.index, found[2] ?? '', '*')),
  ];
}

function namesOf(clause: string): string[] {
  const inside = /\{([^}]*)\}/.exec(clause)?.[1];
  if (inside === undefined) return clause.trim() === '' ? [] : ['*'];
  const names = inside.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '' && !name.startsWith('type ')).map((name) => name.split(/\s/, 1)[0] ?? '');
}

function resolve(from: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('#')) return SUBPATHS[specifier];
  if (!specifier.startsWith('.')) return undefined;
  const path = normalize(`${dirname(from)}/${specifier}`);
  return paths.has(path) ? path : undefined;
}

/** Groups of files that import each other in a circle (type imports, which are erased, do not count), each in a fixed order. */
export function importCycles(edges: readonly ImportEdge[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { from, to, type_only } of edges) {
    if (type_only || to === undefined) continue;
    next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  // Tarjan's strongly connected components.
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path) ?? 0);
    stack.push(path);
    for (const target of next.get(path) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(path, Math.min(low.get(path) ?? 0, low.get(target) ?? 0));
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1 || next.get(path)?.has(path)) cycles.push(group.sort());
  };
  for (const path of [...next.keys()].sort()) if (!index.has(path)) visit(path);
  return cycles;
}
