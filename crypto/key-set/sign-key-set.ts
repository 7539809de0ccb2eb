import { CryptoError } from '../errors.ts';
import type { SigningKey } from '../key/signing-key.ts';
import { signStatement } from '../statement/sign-statement.ts';
import type { Statement } from '../statement/statement.ts';
import { type KeySetType, readKeySet } from './key-set.ts';

/**
 * Signs a key set of which the payload already is what every reader will accept. Version 1 needs its own signing keys, version N+1
 * the keys of N as well: a chain with too few is refused by its readers, so here by `verifyKeySetChain` before publishing.
 * Refuses with the codes of `readKeySet` and `signStatement`.
 */
export function signKeySet(typ: KeySetType, payload: unknown, keys: readonly SigningKey[]): Statement {
  const content = readKeySet(payload, typ);
  if (content.version === 1 && !keys.some((key) => content.keys.some((member) => member.kid === key.kid))) {
    throw new CryptoError('unknown_key', 'the first key set is signed by none of its own keys');
  }
  return signStatement(typ, payload, keys);
}
