import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'minio';
import type { Bucket, Federation } from './federation.ts';
import { readJson } from './seed.ts';
import type { Visitor } from './web-visitor.ts';

/** A sentence for people, and what must hold; it gives back what it saw. */
export type TourStep = readonly [sentence: string, act: (journey: Journey) => Promise<string>];

/** What the steps hand on to each other. */
export interface Journey {
  federation: Federation;
  folder: string;
  consumer: { consumer_home: string };
  bucket: Bucket | undefined;
  officer?: Visitor;
  open_id?: string;
  sealed_id?: string;
  request_id?: string;
  grant_id?: string;
  /** The dataset whose key only its producer holds, a request for it and what came of that. */
  held_id?: string;
  held_request?: string;
  held_grant?: string;
}

/** A check that failed, in one sentence. */
export function check(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}

/** The JSON answer of a GET that must succeed. */
export async function api(journey: Journey, route: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${journey.federation.origin}${route}`, { signal: AbortSignal.timeout(20_000) });
  check(answer.status === 200, `${route} was answered with ${answer.status}`);
  return readJson({ stdout: await answer.text() });
}

/** Everything in the store, by name. */
export async function* storedFiles({ federation, bucket }: Journey): AsyncGenerator<[string, Buffer]> {
  if (bucket === undefined) {
    for (const entry of await readdir(path.join(federation.state_dir, 'store'), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) yield [entry.name, await readFile(path.join(entry.parentPath, entry.name))];
    }
    return;
  }
  const { hostname, port, protocol } = new URL(bucket.endpoint);
  const client = new Client({ endPoint: hostname, port: Number(port || 443), useSSL: protocol === 'https:', region: bucket.region, pathStyle: true, accessKey: bucket.access_key, secretKey: bucket.secret_key });
  for await (const { name } of client.listObjectsV2(bucket.bucket, '', true)) {
    const pieces: Buffer[] = [];
    for await (const piece of await client.getObject(bucket.bucket, name)) pieces.push(Buffer.from(piece));
    yield [name, Buffer.concat(pieces)];
  }
}
