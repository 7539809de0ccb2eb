import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/**
 * The compiled test files (relative to `root`, sorted) of all test sources whose path contains one of `wanted` (all when empty).
 * Throws when a source was not compiled.
 */
export async function findTestFiles(root: string, wanted: readonly string[]): Promise<string[]> {
  const sources = (await filesBelow(join(root, 'tests')))
    .map((path) => relative(root, path).split(sep).join('/'))
    .filter((path) => /\.test\.tsx?$/.test(path));
  const names = wanted.map((name) => name.replace(/^\.\//, '').replace(/^dist\//, '').replace(/\.(js|tsx?)$/, ''));
  const chosen = sources.filter((path) => names.length === 0 || names.some((name) => path.includes(name)));
  const compiled = chosen.map((path) => `dist/${path.replace(/\.tsx?$/, '.js')}`).sort();
  for (const path of compiled) {
    if (!(await exists(join(root, path)))) throw new Error(`${path} is missing: run npm run build`);
  }
  return compiled;
}

/** Deletes what tsc once compiled from sources that are gone: a test could pass on it. Other files in dist/ stay. */
export async function removeStaleOutput(root: string): Promise<string[]> {
  const removed: string[] = [];
  for (const map of await filesBelow(join(root, 'dist'))) {
    if (!map.endsWith('.js.map')) continue;
    const text: unknown = await readFile(map, 'utf8').then(JSON.parse).catch(() => undefined);
    const sources = typeof text === 'object' && text !== null && 'sources' in text && Array.isArray(text.sources) ? text.sources : [];
    const source: unknown = sources.length === 1 ? sources[0] : undefined;
    if (typeof source !== 'string' || !/^(\.\.\/)+.*\.tsx?$/.test(source)) continue;
    if (await exists(resolve(dirname(map), source))) continue;
    const output = map.slice(0, -'.map'.length);
    await rm(output, { force: true });
    await rm(map, { force: true });
    removed.push(relative(root, output));
  }
  return removed;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
