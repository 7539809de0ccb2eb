import { readFile, stat } from 'node:fs/promises';
import type { Delivery } from '#catalog-schema';
import { bareOpenpgpKey, type DeliverySecret, importDeliveryJwk, parseStrictJson, publicHalf } from '#crypto';
import { refusingAsync } from '../errors.ts';
import { readError } from '../resources/file-error.ts';

// Far more than is accepted, so that a long file is told to be too long without being read whole.
const READ_MAX_BYTES = 1024 * 1024;

/**
 * The delivery entry of an exported OpenPGP public key: bare, without the names in it. Refuses with `file_unreadable`, and with
 * `delivery_key_refused` whose reason is the code of `bareOpenpgpKey`.
 */
export async function readOpenpgpFile(path: string, name: string, now: Date): Promise<Delivery> {
  const material = await readBytes(path);
  const { key, not_after } = await refusingAsync('delivery_key_refused', `${path} cannot be used.`, () => bareOpenpgpKey(material, now));
  return { form: 'openpgp', key, name, ...(not_after === null ? {} : { not_after }) };
}

/** The delivery entry of a JWK; of a private one the public half, and what opens with it. Refuses with `file_unreadable`, `delivery_key_refused`. */
export async function readJwkFile(path: string, name: string): Promise<{ delivery: Delivery; secret?: DeliverySecret }> {
  const bytes = await readBytes(path);
  return refusingAsync('delivery_key_refused', `${path} cannot be used.`, async () => {
    const value = parseStrictJson(bytes, { maxBytes: 4096 });
    const delivery: Delivery = { form: 'jwe', key: { ...publicHalf(value) }, name };
    if (typeof value !== 'object' || value === null || !('d' in value)) return { delivery };
    return { delivery, secret: { form: 'jwe', ...(await importDeliveryJwk(new TextDecoder().decode(bytes))) } };
  });
}

/** The private JWK of a file, for opening; refuses with `file_unreadable`, `delivery_key_refused`. */
export async function readSecretJwk(path: string): Promise<DeliverySecret> {
  const bytes = await readBytes(path);
  return refusingAsync('delivery_key_refused', `${path} holds no private key.`, async () => ({ form: 'jwe', ...(await importDeliveryJwk(new TextDecoder().decode(bytes))) }));
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    return new Uint8Array(size > READ_MAX_BYTES ? new ArrayBuffer(READ_MAX_BYTES) : await readFile(path));
  } catch (cause) {
    throw readError(cause, path);
  }
}
