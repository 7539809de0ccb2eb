import type { Digest } from '#crypto';
import type { Client } from '../client.ts';
import { readCount, readDigest, readList, readObject, readText, readWord } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { datasetInPath } from './dataset-path.ts';

/** One version in the list of versions. */
export interface DatasetVersion {
  version: number;
  digest: Digest;
  status: 'active' | 'withdrawn' | 'erased';
  issued_at: string;
  published_at: string;
}

/** The versions of a dataset as the portal lists them. */
export async function listVersions(client: Client, dataset_id: string): Promise<DatasetVersion[]> {
  const answer = await plainCall(client, { method: 'GET', path: `/api/v1/datasets/${datasetInPath(dataset_id)}/versions` });
  return readList(readObject(answer.json(), 'a list of versions'), 'versions', (entry) => {
    const object = readObject(entry, 'a version');
    return {
      version: readCount(object, 'version'),
      digest: readDigest(object, 'digest'),
      status: readWord(object, 'status', ['active', 'withdrawn', 'erased']),
      issued_at: readText(object, 'issued_at'),
      published_at: readText(object, 'published_at'),
    };
  }, 10_000);
}
