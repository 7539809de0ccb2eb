import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A static file as it is served: bytes, their compressed form where that is smaller, and its media type. */
export interface AssetFile {
  bytes: Buffer;
  brotli: Buffer | undefined;
  media_type: string;
}

/** The static files of the pages, under names that carry their digest, so that they may be cached for ever. */
export interface Assets {
  /** Public path of a file by its plain name: `/assets/sceau.1f0c….css` of `sceau.css`. Throws on a name that the build did not write. */
  urlOf(name: string): string;
  /** A file by the hashed name in its path, or undefined. */
  find(hashed_name: string): AssetFile | undefined;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

let loaded: Assets | undefined;

/** Reads what `copy-assets.ts` wrote beside the compiled pages; once per process. Throws when the build step was left out. */
export function loadAssets(): Assets {
  loaded ??= readAssets(path.join(import.meta.dirname, 'assets'));
  return loaded;
}

function readAssets(folder: string): Assets {
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null) throw new Error(`${folder}/manifest.json is not an object`);
  const names = new Map<string, string>();
  const files = new Map<string, AssetFile>();
  for (const [name, hashed] of Object.entries(manifest)) {
    if (typeof hashed !== 'string') throw new Error(`${folder}/manifest.json names no file for ${name}`);
    const media_type = MEDIA_TYPES[path.extname(hashed)];
    if (media_type === undefined) throw new Error(`${hashed} has no media type`);
    const bytes = readFileSync(path.join(folder, hashed));
    // Fonts are compressed already.
    const brotli = hashed.endsWith('.woff2') ? undefined : readFileSync(path.join(folder, `${hashed}.br`));
    names.set(name, hashed);
    files.set(hashed, { bytes, brotli, media_type });
  }
  return {
    urlOf(name) {
      const hashed = names.get(name);
      if (hashed === undefined) throw new Error(`no asset is called ${name}`);
      return `/assets/${hashed}`;
    },
    find: (hashed_name) => files.get(hashed_name),
  };
}
