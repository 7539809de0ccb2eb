import { type Digest, parseStrictJson, utf8 } from '#crypto';
import { ClientError } from '../errors.ts';
import { type Home, readHomeFile, writeHomeFile } from '../home/home-folder.ts';
import { withHomeLock } from '../home/home-lock.ts';
import { readDigest, readList, readObject, readText } from '../wire/answer.ts';

/** A request that this home signed: its grant must name its digest. */
export interface OwnRequest {
  request_id: string;
  dataset_id: string;
  digest: Digest;
}

const FILE = 'requests.json';
const MOST = 10_000;

/** The requests signed from this home; of other machines nothing is known. */
export async function ownRequests(home: Home): Promise<OwnRequest[]> {
  const text = await readHomeFile(home, FILE);
  if (text === undefined) return [];
  try {
    return readList(readObject(parseStrictJson(utf8(text), { maxBytes: 8 * 1024 * 1024 }), 'a list of own requests'), 'requests', (value) => {
      const object = readObject(value, 'an own request');
      return { request_id: readText(object, 'request_id'), dataset_id: readText(object, 'dataset_id'), digest: readDigest(object, 'digest') };
    }, MOST);
  } catch (cause) {
    throw new ClientError('home_damaged', `${home.path}/${FILE} is damaged.`, { cause, facts: { path: `${home.path}/${FILE}`, why: '' } });
  }
}

/** Keeps the digest of a request that was signed. */
export async function rememberRequest(home: Home, request: OwnRequest): Promise<void> {
  await withHomeLock(home, async () => {
    const requests = [...(await ownRequests(home)), request].slice(-MOST);
    await writeHomeFile(home, FILE, `${JSON.stringify({ v: 1, requests }, null, 1)}\n`);
  });
}
