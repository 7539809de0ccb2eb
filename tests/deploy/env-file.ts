import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The root of the checkout, with a slash. */
export const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** The settings of an example in deploy/env, as a shell, systemd and compose read it. */
export async function readEnvFile(name: string): Promise<Record<string, string>> {
  const text = await readFile(`${checkout}deploy/env/${name}`, 'utf8');
  return Object.fromEntries([...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value.replace(/^"(.*)"$/, '$1')]));
}

/** Every variable that an example names, set or commented out, without `_FILE`, with the line before each. */
export async function namedIn(name: string): Promise<Map<string, string>> {
  const lines = (await readFile(`${checkout}deploy/env/${name}`, 'utf8')).split('\n');
  return new Map(lines.flatMap((line, index): [string, string][] => {
    const found = /^#?([A-Z0-9_]+?)(?:_FILE)?=/.exec(line)?.[1];
    return found === undefined ? [] : [[found, lines[index - 1] ?? '']];
  }));
}
