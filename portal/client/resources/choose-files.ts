import type { FileResource, Manifest } from '#catalog-schema';
import { ClientError } from '../errors.ts';

/**
 * The files of a verified manifest that are meant: all of them, or the one with that id or name. Refuses with `not_found` (withdrawn,
 * no such resource), `bad_input` (a name that several have, or a resource whose bytes are elsewhere).
 */
export function chooseFiles(manifest: Manifest, wanted?: string): FileResource[] {
  if (manifest.status !== 'active') throw new ClientError('not_found', `This dataset is ${manifest.status}.`, { reason: manifest.status, facts: { why: manifest.status } });
  const files = manifest.resources.filter((resource) => resource.kind === 'file');
  if (wanted === undefined) {
    if (files.length === 0) throw elsewhere(manifest);
    return files;
  }
  const matching = manifest.resources.filter((resource) => resource.resource_id === wanted.toLowerCase() || resource.name === wanted);
  const [only] = matching;
  if (only === undefined) throw new ClientError('not_found', `The dataset has no resource ${wanted}.`, { reason: 'resource', facts: { why: wanted } });
  if (matching.length > 1) throw new ClientError('bad_input', `Several resources are called ${wanted}: give the id of one.`, { facts: { value: matching.map((resource) => resource.resource_id).join(', ') } });
  if (only.kind !== 'file') throw elsewhere(manifest);
  return [only];
}

function elsewhere(manifest: Manifest): ClientError {
  const links = manifest.resources.flatMap((resource) => ('url' in resource && resource.url !== undefined ? [resource.url] : []));
  return new ClientError('not_found', 'Nothing of this is stored here: the bytes lie elsewhere, not covered by the signature.', {
    reason: 'elsewhere',
    facts: { why: links.join(' '), links: links.join(' ') },
  });
}
