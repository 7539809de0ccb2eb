import { rm } from 'node:fs/promises';
import { type FileResource, isSealed } from '#catalog-schema';
import { obtainContentKey } from '../access/obtain-content-key.ts';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { fetchHeader } from './fetch-header.ts';
import { getResource, type Output } from './get-resource.ts';
import { openBodyFile } from './open-body-file.ts';
import { assertFree } from './part-file.ts';
import { requireFresh } from './require-fresh.ts';

// After these the bytes fetched are good, and the rest may still come.
const RESUMABLE: ReadonlySet<string> = new Set(['portal_away', 'portal_failed', 'body_short', 'interrupted']);

/** A file in the clear. */
export interface OpenedFile {
  path: string;
  size: number;
}

/**
 * Brings one file of a verified version here in the clear. For a sealed one: grant, key package, release statement, log, content key
 * of the signed manifest, header, then body leaf by leaf and chunk by chunk; the sealed body lies beside `output.path` meanwhile
 * and is kept only when the download broke off, so that it resumes. Nothing else is left after an error.
 */
export async function openResource(client: Client, version: VerifiedVersion, resource: FileResource, output: Output): Promise<OpenedFile> {
  if (!isSealed(resource)) {
    const got = await getResource(client, version, resource, output);
    return { path: got.path, size: got.body_size };
  }
  await assertFree(output.path, output.force ?? false);
  if (output.accept_stale !== true) requireFresh(version.verdict, client.now());
  const { content_key } = await obtainContentKey(client, version, resource);
  const header = await fetchHeader(client, version, resource);
  const body_path = `${output.path}.age-body.tmp`;
  let resumable = false;
  try {
    const { leaves } = await getResource(client, version, resource, { ...output, path: body_path, force: false });
    const { progress: _shown, ...opening } = output;
    const { size } = await openBodyFile({ body_path, header, leaves, content_key, resource }, opening);
    return { path: output.path, size };
  } catch (cause) {
    resumable = cause instanceof ClientError && RESUMABLE.has(cause.code);
    throw cause;
  } finally {
    await rm(body_path, { force: true });
    if (!resumable) await rm(`${body_path}.part`, { force: true });
  }
}
