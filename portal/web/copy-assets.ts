import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

// Runs from dist/portal/web; the style sheets stay in the sources.
const SOURCE = fileURLToPath(new URL('../../../portal/web/style/', import.meta.url));
const ISLANDS = fileURLToPath(new URL('islands/', import.meta.url));
const TARGET = fileURLToPath(new URL('assets/', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../../portal/web/examples/', import.meta.url));
const EXAMPLES_TARGET = fileURLToPath(new URL('examples/', import.meta.url));
const FONT_PACKAGE = '@fontsource-variable/atkinson-hyperlegible-next/package.json';
const FONTS: Readonly<Record<string, string>> = {
  'text.woff2': 'atkinson-hyperlegible-next-latin-wght-normal.woff2',
  'text-ext.woff2': 'atkinson-hyperlegible-next-latin-ext-wght-normal.woff2',
};

/** `npm run build`'s last step: writes style sheet, scripts, images and fonts under hashed names, with a manifest of plain name to hashed name. */
async function copyAssets(): Promise<void> {
  await rm(TARGET, { recursive: true, force: true });
  await mkdir(TARGET, { recursive: true });
  const manifest = new Map<string, string>();
  const put = async (name: string, bytes: Uint8Array) => {
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const { name: stem, ext } = path.parse(name);
    const hashed = `${stem}.${digest}${ext}`;
    await writeFile(path.join(TARGET, hashed), bytes);
    if (ext !== '.woff2') await writeFile(path.join(TARGET, `${hashed}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    manifest.set(name, hashed);
  };

  const fonts = path.join(path.dirname(createRequire(import.meta.url).resolve(FONT_PACKAGE)), 'files');
  for (const [name, file] of Object.entries(FONTS)) await put(name, await readFile(path.join(fonts, file)));
  const names = (await readdir(SOURCE)).toSorted();
  for (const name of names.filter((one) => one.endsWith('.svg'))) await put(name, Buffer.from((await readFile(path.join(SOURCE, name), 'utf8')).trim()));
  // One sheet, in the order of the file names; `url(asset:name)` becomes the hashed path.
  const sheets = await Promise.all(names.filter((one) => one.endsWith('.css')).map((name) => readFile(path.join(SOURCE, name), 'utf8')));
  const sheet = sheets.map(withoutComments).join('\n').replace(/url\(asset:([^)]+)\)/g, (_, name: string) => {
    const hashed = manifest.get(name);
    if (hashed === undefined) throw new Error(`a style sheet names the asset ${name}, which does not exist`);
    return `url(/assets/${hashed})`;
  });
  await put('sceau.css', Buffer.from(sheet));
  // Compiled already; each is one file that imports nothing.
  for (const name of (await readdir(ISLANDS)).filter((one) => one.endsWith('.js')).toSorted()) {
    await put(name, Buffer.from(withoutComments((await readFile(path.join(ISLANDS, name), 'utf8')).replaceAll(/^\s*\/\/.*$/gm, ''))));
  }
  await writeFile(path.join(TARGET, 'manifest.json'), JSON.stringify(Object.fromEntries(manifest), null, 1));
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

await copyAssets();
// Shown by the page for developers and run by its test, to the character.
await cp(EXAMPLES, EXAMPLES_TARGET, { recursive: true });
