import { createPrivateKey, createPublicKey } from 'node:crypto';
import { generateAgeIdentity, generateSigningKey, importSigningKey, parsePublicJwk, type PublicJwk, type SigningKey } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import { readSmallFile, writeSmallFile } from '../resources/sealed-parcel.ts';

/** The keys that an application was given: public halves, for the key set. */
export interface ApplicationKeys {
  jwk: PublicJwk;
  /** `age1…`; undefined where the application opens nothing. */
  recipient: string | undefined;
  /** Files that were written, for the application to keep. */
  files: readonly string[];
}

/**
 * Makes the keys of an application as files that programs read without our library: `path`, an Ed25519 private key as PKCS #8 PEM (RFC 8410), and
 * with `opens` `path.age`, an age identity. Both 0600, never over a file that is there.
 */
export async function makeApplicationKeys(path: string, o: { opens: boolean }): Promise<ApplicationKeys> {
  const key = generateSigningKey();
  await writeSmallFile(path, String(key.private_key.export({ format: 'pem', type: 'pkcs8' })), { mode: 0o600, force: false });
  if (!o.opens) return { jwk: key.public_jwk, recipient: undefined, files: [path] };
  const { identity, recipient } = await generateAgeIdentity();
  await writeSmallFile(`${path}.age`, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600, force: false });
  return { jwk: key.public_jwk, recipient, files: [path, `${path}.age`] };
}

/** The public key in a file that another program made: PEM or JWK, Ed25519 or P-256; of a private one, only the public half is read on. `file_unreadable`, `delivery_key_refused`. */
export async function readApplicationKey(path: string): Promise<ApplicationKeys> {
  const text = await readKeyFile(path);
  const jwk = refusingAs('delivery_key_refused', `${path} is no Ed25519 or P-256 key.`, () => parsePublicJwk(publicPart(text, path)), { path });
  return { jwk, recipient: undefined, files: [] };
}

function publicPart(text: string, path: string): unknown {
  try {
    const key = text.trimStart().startsWith('{') ? createPublicKey({ key: JSON.parse(text), format: 'jwk' }) : createPublicKey(text);
    const { kty, crv, x, y } = key.export({ format: 'jwk' });
    return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
  } catch (cause) {
    throw new ClientError('delivery_key_refused', `${path} is no key in PEM or JWK.`, { cause, facts: { path, why: 'PEM, JWK' } });
  }
}

/** The private key in a file, PKCS #8 PEM or JWK, Ed25519 or P-256; refuses with `file_unreadable`, `delivery_key_refused`. */
export async function readSigningKey(path: string): Promise<SigningKey> {
  const text = await readKeyFile(path);
  return refusingAs('delivery_key_refused', `${path} holds no private Ed25519 or P-256 key.`, () => importSigningKey(text.trimStart().startsWith('{') ? text : jwkOfPem(text, path)), { path, why: 'PEM, JWK' });
}

async function readKeyFile(path: string): Promise<string> {
  const bytes = await readSmallFile(path, 16_384);
  if (bytes === undefined) throw new ClientError('file_unreadable', `${path} is missing.`, { facts: { path, why: 'ENOENT' } });
  return new TextDecoder().decode(bytes);
}

function jwkOfPem(text: string, path: string): string {
  try {
    return JSON.stringify(createPrivateKey(text).export({ format: 'jwk' }));
  } catch (cause) {
    throw new ClientError('delivery_key_refused', `${path} is no private key in PEM.`, { cause, facts: { path, why: 'PEM' } });
  }
}
