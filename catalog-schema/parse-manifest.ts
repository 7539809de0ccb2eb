import type { SchemaIssue } from './errors.ts';
import { findNul } from './find-nul.ts';
import { createGate } from './gate.ts';
import type { FileResource, Manifest, Resource, SealedFileResource } from './generated/manifest.ts';
import { MANIFEST_LIMITS } from './json-limits.ts';
import { nameProblem } from './resource-name.ts';
import { namedPeople } from './rudi/contacts.ts';

/** The value as the payload of a dataset-manifest+jws statement, at most 1.5 MiB; throws SchemaError. */
export const parseManifest: (value: unknown) => Manifest = createGate<Manifest>({
  schema: 'manifest',
  what: 'a dataset manifest',
  limits: MANIFEST_LIMITS,
  rules: manifestIssues,
});

/** Whether a file resource is sealed: it then has `age`, and neither `size` nor `sha256`. */
export function isSealed(resource: Resource): resource is SealedFileResource {
  return resource.kind === 'file' && 'age' in resource;
}

/** The rules of a manifest that stretch over several fields; each number is tested. */
function manifestIssues(manifest: Manifest): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const add = (pointer: string, message: string): void => {
    issues.push({ pointer, message });
  };
  const { access, custody, resources } = manifest;
  const files = resources.filter((resource): resource is FileResource => resource.kind === 'file');

  // 1. The first version has no predecessor, every other one has.
  if (manifest.version === 1 && manifest.prev !== null) add('/prev', 'Write null here: version 1 has no version before it.');
  if (manifest.version > 1 && manifest.prev === null) add('/prev', 'Give the digest of the version before here.');

  // 2. Open data have no key, so nobody keeps one.
  if (access === 'open' && custody !== 'none') add('/custody', 'Write "none" here: open data have no content key.');

  // 3. Restricted files have a key, so somebody keeps it.
  if (access === 'restricted' && files.length > 0 && custody === 'none') {
    add('/custody', 'Write "portal" or "producer" here: somebody must hold the key of restricted files.');
  }

  // 4. A restricted dataset stays restricted in its metadata, and a dataset has one identity.
  if (access === 'open' && manifest.metadata.access_condition.confidentiality?.restricted_access === true) {
    add('/access', 'Write "restricted" here, or correct the metadata: they say that access is restricted.');
  }
  if (manifest.metadata.global_id.toLowerCase() !== manifest.dataset_id) {
    add('/metadata/global_id', 'Write the dataset_id here: a dataset has one identifier.');
  }

  // 5. An erased dataset names nothing that could be fetched.
  if (manifest.status === 'erased' && resources.length > 0) add('/resources', 'Leave this list empty: the dataset is erased.');

  // 6. No natural person is named in signed bytes.
  for (const pointer of namedPeople(manifest.metadata)) {
    add(`/metadata${pointer}`, 'Replace this contact by contact_id, role and commitment: people are not named in signed bytes.');
  }

  // 14. Nothing about restricted files is told twice: RUDI's list has their addresses, sizes and hashes in the clear.
  if (access === 'restricted' && manifest.metadata.available_formats !== undefined) {
    add('/metadata/available_formats', 'Remove this list: of restricted data it would tell the addresses, sizes and hashes of the files.');
  }

  // 15. Databases store no U+0000 in texts.
  const nul = findNul(manifest);
  if (nul !== undefined) add(nul, 'Remove the character U+0000: no text is stored with it.');

  const ids = new Set<string>();
  const recipients = new Map<number, string>();
  for (const [index, resource] of resources.entries()) {
    const at = `/resources/${index}`;

    // 7. Resources are told apart by their identifiers.
    if (ids.has(resource.resource_id)) add(`${at}/resource_id`, 'Give each resource an identifier of its own.');
    ids.add(resource.resource_id);

    // 8. A name is safe as a file name.
    const problem = resource.name === undefined ? undefined : nameProblem(resource.name);
    if (problem !== undefined) add(`${at}/name`, problem);

    if (resource.kind === 'file') issues.push(...fileIssues(resource, access, at, recipients));
    if (resource.kind === 'service' || resource.kind === 'series') {
      // 12. The address of a restricted service is told to nobody; the gateway stands before it.
      if (access === 'restricted' && resource.url !== undefined) add(`${at}/url`, 'Remove the address: calls go through the gateway.');
      if (access === 'restricted' && !resource.gateway) add(`${at}/gateway`, 'Write true here: a restricted service stands behind the gateway.');
      // 13. An open service can be reached.
      if (access === 'open' && resource.url === undefined) add(`${at}/url`, 'Add the address of this open service.');
    }
  }
  return issues;
}

function fileIssues(file: FileResource, access: Manifest['access'], at: string, recipients: Map<number, string>): SchemaIssue[] {
  // 9. Open files are not sealed, restricted files are; plaintext size and hash of a sealed file could be guessed from.
  if (access === 'open' && isSealed(file)) return [{ pointer: `${at}/age`, message: 'Do not seal the files of an open dataset.' }];
  if (access === 'restricted' && !isSealed(file)) {
    return [{ pointer: at, message: 'Seal this file: every file of a restricted dataset is sealed, and its own size and hash are not told.' }];
  }
  // 10. The body of an open file is the file itself.
  if (!isSealed(file)) {
    if (file.size === file.body_size) return [];
    return [{ pointer: `${at}/size`, message: 'Write the same number as body_size: an open file is stored as it is.' }];
  }
  // 11. One epoch has one content key, and `pq` says of which sort it is.
  const issues: SchemaIssue[] = [];
  const known = recipients.get(file.age.epoch);
  if (known !== undefined && known !== file.age.recipient) {
    issues.push({ pointer: `${at}/age/recipient`, message: 'Use one recipient for all files of an epoch.' });
  }
  recipients.set(file.age.epoch, file.age.recipient);
  if (file.age.recipient.startsWith('age1pq1') !== file.age.pq) {
    issues.push({ pointer: `${at}/age/pq`, message: 'Write true for an age1pq1 recipient and false for any other.' });
  }
  return issues;
}
