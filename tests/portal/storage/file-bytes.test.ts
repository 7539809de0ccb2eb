import test from 'ava';
import { once } from 'node:events';
import { open, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { equalBytes, randomBytes } from '#crypto';
import { FileBytes } from '../../../portal/storage/file-bytes.ts';

const bytes = randomBytes(12 * 1024 * 1024 + 7);
let folder = '';
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sceau-file-bytes-'));
});
test.after.always(() => rm(folder, { recursive: true, force: true }));

// A server that sends [start, end) of the file to one caller; `outcome` is how sending ended, and the handle is closed after it.
async function serving(path: string, start: number, end: number, beforeSending = async (): Promise<void> => undefined) {
  const file = await open(path);
  const outcome = Promise.withResolvers<string>();
  const server = createServer(async (_, response) => {
    await beforeSending();
    response.setHeader('content-length', end - start);
    await new FileBytes(file, start, end).sendTo(response).then(
      () => {
        response.end();
        outcome.resolve('sent');
      },
      (error: Error) => {
        response.destroy();
        outcome.resolve(error.message);
      },
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, agent: false });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return { answer, outcome: outcome.promise, closed: () => file.fd === -1, end: () => void server.close() };
}

test('a slow reader gets each byte once and in order, though the buffers are used again', async (t) => {
  const path = join(folder, 'slow');
  await writeFile(path, bytes);
  for (const [start, end] of [[0, bytes.length], [1_048_575, 3_145_729], [bytes.length - 1, bytes.length]] as const) {
    const served = await serving(path, start, end);
    const pieces: Buffer[] = [];
    for await (const piece of served.answer) {
      pieces.push(Buffer.from(piece as Buffer));
      for (let waited = 0; waited < 20; waited += 1) await turn();
    }
    t.true(equalBytes(Buffer.concat(pieces), bytes.subarray(start, end)));
    t.is(await served.outcome, 'sent');
    t.true(served.closed());
    served.end();
  }
});

test('when the reader goes away, sending ends and the file is closed', async (t) => {
  const path = join(folder, 'left');
  await writeFile(path, bytes);
  const served = await serving(path, 0, bytes.length);
  await once(served.answer, 'readable');
  served.answer.destroy();
  t.not(await served.outcome, 'sent');
  t.true(served.closed());
  served.end();
});

test('a file that became shorter ends the answer before its promised length', async (t) => {
  const path = join(folder, 'short');
  await writeFile(path, bytes);
  const served = await serving(path, 0, bytes.length, () => truncate(path, 5_000_000));
  let size = 0;
  await t.throwsAsync(async () => {
    for await (const piece of served.answer) size += (piece as Buffer).length;
  });
  t.true(size <= 5_000_000);
  t.is(await served.outcome, 'end_of_file');
  t.true(served.closed());
  served.end();
});

test('it may be iterated instead', async (t) => {
  const path = join(folder, 'iterated');
  await writeFile(path, bytes);
  const pieces: Uint8Array[] = [];
  for await (const piece of new FileBytes(await open(path), 3, 2_000_000)) pieces.push(piece);
  t.true(equalBytes(Buffer.concat(pieces), bytes.subarray(3, 2_000_000)));
});
