import { CryptoError } from '../errors.ts';
import { generateAgeIdentity, recipientOf, type RecipientKind } from './recipient.ts';

/** The age identity that opens the sealed bodies of one epoch of one dataset; `identity` and `text` are secrets. */
export interface ContentKey {
  readonly dataset_id: string;
  readonly epoch: number;
  readonly recipient: string;
  readonly identity: string;
  /** The exact text that is stored, deposited and delivered: an age identity file as it is. */
  readonly text: string;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const TEXT = new RegExp(
  `^# sceau content key v1\n# dataset: (${UUID})\n# epoch: ([1-9][0-9]{0,8})\n# public key: (age1[0-9a-z]+)\n(AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+)\n$`,
);
const MAX_TEXT = 4096;

/** A new content key; `epoch` is a positive integer below 10^9. Refuses other arguments with `malformed_content_key`. */
export async function generateContentKey(
  dataset_id: string,
  epoch: number,
  kind: RecipientKind = 'classic',
): Promise<ContentKey> {
  const { identity, recipient } = await generateAgeIdentity(kind);
  return parseContentKey(
    `# sceau content key v1\n# dataset: ${dataset_id}\n# epoch: ${epoch}\n# public key: ${recipient}\n${identity}\n`,
  );
}

/**
 * Reads the exact text of a content key (SPEC.md §6). The public key line is not believed: the recipient is derived from the
 * identity, and another one written there is refused with `recipient_mismatch`; any other form with `malformed_content_key`.
 */
export async function parseContentKey(text: string): Promise<ContentKey> {
  const parts = text.length > MAX_TEXT ? null : TEXT.exec(text);
  const [, datasetId, epoch, written, identity] = parts ?? [];
  // The text is a secret: no part of it may reach an error message.
  if (datasetId === undefined || epoch === undefined || written === undefined || identity === undefined) {
    throw new CryptoError('malformed_content_key', 'not the text of a content key');
  }
  const recipient = await recipientOf(identity);
  if (recipient !== written) {
    throw new CryptoError('recipient_mismatch', 'the public key line is not the recipient of the identity');
  }
  return { dataset_id: datasetId, epoch: Number(epoch), recipient, identity, text };
}
