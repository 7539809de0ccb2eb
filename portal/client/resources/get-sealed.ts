import type { SealedFileResource } from '#catalog-schema';
import { obtainContentKey, type ObtainedKey } from '../access/obtain-content-key.ts';
import type { Client } from '../client.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { fetchHeader } from './fetch-header.ts';
import { getResource, type GotBody, type Output } from './get-resource.ts';
import { packageFiles, writePackages } from './package-files.ts';
import { assertFree } from './part-file.ts';
import { requireFresh } from './require-fresh.ts';
import { parcelPaths, parcelText, writeSmallFile } from './sealed-parcel.ts';

/** A sealed file brought here with everything that opens and proves it. */
export interface GotSealed extends GotBody {
  header: Uint8Array;
  key: ObtainedKey;
  /** Names of the files written. */
  files: string[];
  /** With `keep`: files with the same content key sealed to the consumer's other delivery keys, for gpg and jose. */
  packages: string[];
}

/**
 * Brings a sealed file here, still sealed, as `path.age-body` and `path.sceau.json` (evidence, header, grant and the key package
 * sealed to this consumer), which `openParcel` opens later without the portal. With `keep`, also `path.age-header` and
 * `path.content-key.txt`: with them stock age opens it, and so can whoever reads the content key. The key comes first: without a
 * grant nothing is downloaded.
 */
export async function getSealed(client: Client, version: VerifiedVersion, resource: SealedFileResource, output: Output & { keep?: boolean }): Promise<GotSealed> {
  const paths = parcelPaths(output.path);
  const force = output.force ?? false;
  const wanted = output.keep === true ? [paths.body, paths.parcel, paths.header, paths.content_key] : [paths.body, paths.parcel];
  for (const path of wanted) await assertFree(path, force);

  if (output.accept_stale !== true) requireFresh(version.verdict, client.now());
  const key = await obtainContentKey(client, version, resource);
  const header = await fetchHeader(client, version, resource);
  const body = await getResource(client, version, resource, { ...output, path: paths.body });
  await writeSmallFile(paths.parcel, parcelText(version.evidence, resource, header, key), { mode: 0o600, force });
  if (output.keep === true) {
    await writeSmallFile(paths.header, header, { mode: 0o600, force });
    await writeSmallFile(paths.content_key, key.content_key.text, { mode: 0o600, force });
  }
  const packages = output.keep === true ? packageFiles(output.path, key.others) : [];
  await writePackages(packages, { force });
  return { ...body, header, key, files: wanted, packages: packages.map(({ path }) => path) };
}
