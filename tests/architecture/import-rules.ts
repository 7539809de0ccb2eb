import { importCycles, importEdges } from './imports.ts';
import type { ImportEdge } from './imports.ts';
import type { SourceFile, Violation } from './source-tree.ts';

type Unit = 'catalog-schema' | 'crypto' | 'client' | 'backup' | 'portal' | 'producer-node' | 'deploy' | 'tests';

/** What each part may import besides itself. They meet on the wire, not in code: portal and node never know each other. */
const MAY_IMPORT: Record<Unit, readonly Unit[]> = {
  'catalog-schema': [],
  crypto: [],
  client: ['crypto', 'catalog-schema'],
  backup: ['crypto', 'catalog-schema'],
  portal: ['crypto', 'catalog-schema', 'client', 'backup'],
  'producer-node': ['crypto', 'catalog-schema', 'client', 'backup'],
  deploy: ['crypto', 'catalog-schema', 'client', 'backup'],
  tests: ['crypto', 'catalog-schema', 'client', 'backup', 'portal', 'producer-node', 'deploy'],
};

const SERVER_PACKAGES = /^(koa|@koa\/|kysely$|pg$|minio$|nodemailer$|pino$|preact)/;

/** Rules of house.md §3 about who may import whom, and how an import is written. */
export function importViolations(files: readonly SourceFile[]): Violation[] {
  const edges = importEdges(files);
  return [...edges.flatMap(edgeViolations), ...cycleViolations(edges)];
}

/** The part of the project a path belongs to; `portal/client` and `deploy/backup` are parts of their own. Undefined outside the known folders. */
export function unitOf(path: string): Unit | undefined {
  if (path.startsWith('portal/client/')) return 'client';
  if (path.startsWith('deploy/backup/')) return 'backup';
  const top = path.split('/', 1)[0] ?? '';
  return top in MAY_IMPORT ? (top as Unit) : undefined;
}

function edgeViolations(edge: ImportEdge): Violation[] {
  const from = unitOf(edge.from);
  const broken = (rule: string): Violation[] => [{ path: edge.from, line: edge.line, rule }];
  if (from === undefined) return broken('a source file lies in one of the known top folders');
  const is_relative = edge.specifier.startsWith('.');
  if (is_relative && !/\.(tsx?|json|css)$/.test(edge.specifier)) {
    return broken(`a relative import names the file as it is, with .ts or .tsx: ${edge.specifier}`);
  }
  if (edge.specifier.startsWith('#') && edge.to === undefined) return broken(`there is no subpath ${edge.specifier}`);
  if (edge.to === undefined) {
    if (is_relative && /\.tsx?$/.test(edge.specifier)) return broken(`the imported file does not exist: ${edge.specifier}`);
    const leaf = from === 'crypto' || from === 'catalog-schema';
    if (leaf && SERVER_PACKAGES.test(edge.specifier)) return broken(`${from} is a leaf and knows no server, database or store: ${edge.specifier}`);
    return [];
  }
  const to = unitOf(edge.to);
  if (to === undefined) return [];
  if (to === from) {
    return is_relative || from === 'tests' ? [] : broken(`inside ${from} imports are relative: ${edge.specifier}`);
  }
  if (!MAY_IMPORT[from].includes(to)) return broken(`${from} must not import ${to}: ${edge.specifier}`);
  if (is_relative && from !== 'tests') return broken(`${to} is imported as #${to}, by its index: ${edge.specifier}`);
  return [];
}

function cycleViolations(edges: readonly ImportEdge[]): Violation[] {
  return importCycles(edges).map((group) => {
    const inside = edges.find((edge) => !edge.type_only && edge.from === group[0] && edge.to !== undefined && group.includes(edge.to));
    return { path: group[0] ?? '', line: inside?.line ?? 1, rule: `these files import each other in a circle: ${group.join(', ')}` };
  });
}
