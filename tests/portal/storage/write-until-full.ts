import { bytesOf } from '#crypto';
import { PortalError } from '../../../portal/errors.ts';
import { createDirectoryStore } from '../../../portal/storage/directory-store.ts';
import { sampleBody } from './body-store-contract.ts';

// Run as a process of its own under a limit on file sizes: writes a body of 4 MB into the folder named, and says how that went.
const [, , folder = ''] = process.argv;
const store = createDirectoryStore(folder);
const body = sampleBody(4_000_000);
const ref = await store.beginUpload(body.root_hex, body.bytes.length);
const outcome = await store.writePart(ref, 0, bytesOf(body.bytes), body.bytes.length).then(
  () => 'written',
  (error: unknown) => (error instanceof PortalError ? `${error.code} ${error.reason ?? ''}` : String(error)),
);
process.stdout.write(`${outcome}\n`);
