import { Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { CryptoError } from '../errors.ts';

/** `classic` is X25519; `pq` is the hybrid of ML-KEM-768 and X25519 that also withstands a later quantum computer. */
export type RecipientKind = 'classic' | 'pq';

/** An age key pair as text: `AGE-SECRET-KEY-…` and `age1…`. */
export interface AgeIdentity {
  readonly identity: string;
  readonly recipient: string;
}

/** A new age key pair, X25519 unless `pq`. */
export async function generateAgeIdentity(kind: RecipientKind = 'classic'): Promise<AgeIdentity> {
  const identity = kind === 'pq' ? await generateHybridIdentity() : await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The recipient that belongs to an identity; refuses other text with `malformed_identity`. */
export async function recipientOf(identity: string): Promise<string> {
  identityKind(identity);
  try {
    return await identityToRecipient(identity);
  } catch {
    // The cause may quote the text, which is a secret: it stays out of the error.
    throw new CryptoError('malformed_identity', 'an identity whose checksum is wrong');
  }
}

/** The kind of a recipient, after checking that age would accept it; other kinds (ssh, plugins, tags, passphrases) are `malformed_recipient`. */
export function recipientKind(recipient: string): RecipientKind {
  const kind = /^age1[02-9ac-hj-np-z]{58}$/.test(recipient)
    ? 'classic'
    : /^age1pq1[02-9ac-hj-np-z]{1952}$/.test(recipient)
      ? 'pq'
      : undefined;
  if (kind === undefined) throw new CryptoError('malformed_recipient', 'neither an age1… nor an age1pq1… recipient');
  try {
    new Encrypter().addRecipient(recipient);
  } catch (cause) {
    throw new CryptoError('malformed_recipient', 'a recipient whose checksum or length is wrong', cause);
  }
  return kind;
}

/** The kind of an identity by its form; refuses other text with `malformed_identity`. */
export function identityKind(identity: string): RecipientKind {
  if (/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/.test(identity)) return 'classic';
  if (/^AGE-SECRET-KEY-PQ-1[02-9AC-HJ-NP-Z]{58}$/.test(identity)) return 'pq';
  throw new CryptoError('malformed_identity', 'not an age identity');
}
