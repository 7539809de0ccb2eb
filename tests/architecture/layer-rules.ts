import { importEdges } from './imports.ts';
import { isTypeScript, occurrences } from './source-tree.ts';
import type { SourceFile, Violation } from './source-tree.ts';

/** Layers inside the portal and the node (house.md §3): who speaks SQL, who begins transactions, who calls whom. */
export function layerViolations(files: readonly SourceFile[]): Violation[] {
  const servers = files.filter((file) => isTypeScript(file.path) && /^(portal|producer-node)\//.test(file.path));
  return [...servers.flatMap(codeViolations), ...callViolations(files), ...environmentViolations(files)];
}

const SQL = /\.(?:selectFrom|selectNoFrom|insertInto|updateTable|deleteFrom|replaceInto|mergeInto)\(|\bsql(?:<[^`()]*>)?`|\bsql\.(?:raw|lit|ref|table|id)\b/g;
const TRANSACTION = /\.(?:transaction|startTransaction)\(\)|\b(?:BEGIN|COMMIT|ROLLBACK)\b(?=[`'"; ])/g;

/** What of crypto is work; encodings, parsing and types are not. */
const MECHANISM = /^(?:sign|verify|seal|open|generate|commit|blind|check|import|export|append|root|fingerprint)[A-Z]|[hH]ash|^sha256|^digestOf|^tree|^random|^\*$/;

/** A store of rows. The body stores of storage/ keep bytes, and check them. */
function isStore(path: string): boolean {
  return path.endsWith('-store.ts') && !/\/storage\//.test(path);
}

function isDatabaseFolder(path: string): boolean {
  return /\/(?:db|migrations)\//.test(path);
}

/** The callers of commands: they read a request and answer it, and hold no rule of their own. */
function isCaller(path: string): boolean {
  return /(?:^|\/)(?:web|interop|console|islands|pages)\//.test(path) || /(?:^|\/)(?:[a-z-]+-)?routes\.tsx?$/.test(path);
}

function codeViolations(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  if (!isStore(file.path) && !isDatabaseFolder(file.path)) {
    found.push(...occurrences(file, 'code', SQL, 'SQL is written only in *-store.ts, db/ and migrations'));
  }
  if (isStore(file.path)) found.push(...occurrences(file, 'code', TRANSACTION, 'a store begins no transaction: commands do'));
  if (isCaller(file.path)) found.push(...occurrences(file, 'code', TRANSACTION, 'routes and pages begin no transaction: commands do'));
  return found;
}

function callViolations(files: readonly SourceFile[]): Violation[] {
  return importEdges(files).flatMap((edge): Violation[] => {
    const broken = (rule: string): Violation[] => [{ path: edge.from, line: edge.line, rule }];
    if (edge.from.startsWith('tests/')) return [];
    if (isStore(edge.from) && edge.specifier === '#crypto' && !edge.type_only) {
      const called = edge.names.filter((name) => MECHANISM.test(name));
      if (called.length > 0) return broken(`a store does not sign, seal, hash or verify, commands do: ${called.join(', ')}`);
    }
    if (edge.to === undefined) return [];
    if (/(?:^|\/)main\.ts$/.test(edge.to)) return broken('nothing imports a main.ts');
    if (/(?:^|\/)app\.ts$/.test(edge.to) && !/(?:^|\/)main\.ts$/.test(edge.from) && !edge.type_only) return broken('only main.ts imports app.ts');
    const outside_dialects = /^(?:portal\/(?:web|interop)|producer-node\/console)\//;
    const folder = outside_dialects.exec(edge.to)?.[0];
    if (folder !== undefined && !edge.from.startsWith(folder) && !/^(?:portal|producer-node)\/(?:(?:app|main)\.ts|http\/)/.test(edge.from)) {
      return broken(`only app.ts and http/ import ${folder}: it calls the features, not the other way round`);
    }
    return [];
  });
}

/** Programs outside the layers that must read the environment: they hand it to the processes they start. */
const MAY_READ_ENVIRONMENT = [/(?:^|\/)config\.ts$/, /^tests\//, /^deploy\/demo\/(?:start|run-command)\.ts$/];

function environmentViolations(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isTypeScript(file.path) && !MAY_READ_ENVIRONMENT.some((allowed) => allowed.test(file.path)))
    .flatMap((file) => occurrences(file, 'code', /\bprocess\.env\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*'node:process'/g, 'process.env is read only in config.ts'));
}
