import type { KeyPackage } from '../access/verify-key-release.ts';
import { writeSmallFile } from './sealed-parcel.ts';

const ENDING: Readonly<Record<KeyPackage['form'], string>> = { age: 'age', openpgp: 'asc', jwe: 'jwe.json' };

/** A key package as stock tools want it, and where it goes. */
export interface PackageFile {
  path: string;
  form: KeyPackage['form'];
  bytes: Uint8Array;
}

/** Where packages go: `base.package.asc`, `.jwe.json`, `.age`, with a number where there are several of a form. */
export function packageFiles(base: string, packages: readonly KeyPackage[]): PackageFile[] {
  const seen = new Map<string, number>();
  return packages.map(({ form, bytes }) => {
    const count = (seen.get(form) ?? 0) + 1;
    seen.set(form, count);
    return { path: `${base}.package${count === 1 ? '' : `-${count}`}.${ENDING[form]}`, form, bytes };
  });
}

/** Writes packages for stock tools: `gpg -d`, `jose jwe dec`, `age -d`. They are sealed, yet nobody else's business: mode 0600. */
export async function writePackages(files: readonly PackageFile[], o: { force: boolean }): Promise<void> {
  for (const { path, bytes } of files) await writeSmallFile(path, bytes, { mode: 0o600, force: o.force });
}
