import { createReadStream } from 'node:fs';
import { type FileHandle, rm } from 'node:fs/promises';
import type { SealedFileResource } from '#catalog-schema';
import { type ContentKey, CryptoError, LEAF_SIZE, openBody, openFile, THREADS_WORTH_BYTES } from '#crypto';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import { readError, writeError } from './file-error.ts';
import { checkInterrupted, type Output } from './get-resource.ts';
import { assertFree, finishPart, openPart, writeAt } from './part-file.ts';
import { openRegularFile } from './regular-file.ts';

/** What is needed to open a sealed body that lies in a file; sizes, digests and recipient out of a verified manifest. */
export interface BodyFile {
  body_path: string;
  header: Uint8Array;
  leaves: Uint8Array;
  content_key: ContentKey;
  resource: Pick<SealedFileResource, 'age' | 'body_size' | 'tree'>;
}

/**
 * Opens a sealed body into `output.path`, mode 0600: verified chunks go to `path.part`, which is synced and renamed at the end and
 * deleted on any error. Refuses with `output_exists`, `header_refused`, `content_key_mismatch`, `leaves_refused`, `body_refused`,
 * `disk_full`. Returns the size of the plaintext.
 */
export async function openBodyFile(sealed: BodyFile, output: Output): Promise<{ size: number }> {
  await assertFree(output.path, output.force ?? false);
  const part = `${output.path}.part`;
  const file = await openPart(part, 0o600);
  let done = false;
  try {
    await file.truncate(0);
    const { size } = await openInto(file, part, sealed, output);
    await finishPart(file, part, output.path, output.force ?? false);
    done = true;
    return { size };
  } catch (cause) {
    throw openingRefusal(cause);
  } finally {
    await file.close().catch(() => undefined);
    if (!done) await rm(part, { force: true });
  }
}

async function openInto(file: FileHandle, part: string, sealed: BodyFile, output: Output): Promise<{ size: number }> {
  const { age, body_size, tree } = sealed.resource;
  const { header_sha256, header_size, recipient } = age;
  const { header, leaves, content_key } = sealed;
  const to_open = { header, header_sha256, header_size, recipient, body_size, root: tree.root, leaves, content_key };
  const body = body_size < THREADS_WORTH_BYTES ? undefined : await openRegularFile(sealed.body_path);
  if (body !== undefined) {
    try {
      return await openFile({
        ...to_open,
        body: body.fd,
        target: file.fd,
        progress: (done) => {
          checkInterrupted(output.signal);
          output.progress?.(done, body_size);
        },
      });
    } catch (cause) {
      const syscall = cause instanceof Error && 'syscall' in cause ? cause.syscall : undefined;
      throw syscall === 'read' ? readError(cause, sealed.body_path) : syscall === 'write' ? writeError(cause, part) : cause;
    } finally {
      await body.close();
    }
  }
  let position = 0;
  return openBody(to_open, readBody(sealed.body_path), async (bytes) => {
    checkInterrupted(output.signal);
    try {
      await writeAt(file, bytes, position);
    } catch (cause) {
      throw writeError(cause, part);
    }
    position += bytes.length;
    output.progress?.(position, body_size);
  });
}

async function* readBody(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: LEAF_SIZE })) {
      if (bytes instanceof Uint8Array) yield bytes;
    }
  } catch (cause) {
    throw readError(cause, path);
  }
}

const HEADER_CODES = new Set(['header_too_large', 'header_size_mismatch', 'header_digest_mismatch', 'header_malformed', 'header_stanza_count', 'stanza_not_allowed', 'mixed_recipients', 'wrong_recipient', 'header_mac']);
const LEAF_LIST_CODES = new Set(['leaf_count_mismatch', 'tree_mismatch']);

function openingRefusal(cause: unknown): unknown {
  if (!(cause instanceof CryptoError)) return cause;
  const code: ClientErrorCode = HEADER_CODES.has(cause.code) ? 'header_refused' : LEAF_LIST_CODES.has(cause.code) ? 'leaves_refused' : cause.code === 'recipient_mismatch' ? 'content_key_mismatch' : 'body_refused';
  return new ClientError(code, `The sealed file does not open: ${cause.detail}.`, { cause, reason: cause.code, facts: { why: cause.detail } });
}
