import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseProducerKeySet, SchemaError } from '#catalog-schema';
import { generateAgeIdentity, generateSigningKey, parseStatement, partyIdOf, signKeySet, type Statement, verifyKeySetChain } from '#crypto';
import type { ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { readKeySetFile, writeProducerFolder } from './key-home.ts';
import { insertProducer, listProducers, type NewProducer } from './producer-store.ts';

/** How long a key set is valid; whoever makes one starts it anew. */
export const KEYS_VALID_YEARS = 2;

/** What `createProducer` made or found. */
export interface CreatedProducer {
  producer: ProducerRow;
  /** False when a producer of that name was already there. */
  created: boolean;
}

/**
 * Makes the keys of a producer and its key set version 1, which names it for ever. A producer of the same name is left as it is.
 * Keys are durable in the node's folder before the database knows them; a crash between is healed by the next call.
 * Throws `bad_option` for a name or domain that a key set cannot carry, `home_unwritable`.
 */
export async function createProducer(node: ProducerNode, input: { name: string; domain?: string }): Promise<CreatedProducer> {
  await adoptFolders(node);
  const known = (await listProducers(node.db)).find((producer) => producer.name === input.name);
  if (known !== undefined) return { producer: known, created: false };

  const root = generateSigningKey();
  const online = { manifest: generateSigningKey(), decide: generateSigningKey(), release: generateSigningKey() };
  const intake = await generateAgeIdentity();
  const recovery = await generateAgeIdentity();
  const expires_at = new Date(node.clock.now());
  expires_at.setUTCFullYear(expires_at.getUTCFullYear() + KEYS_VALID_YEARS);
  const payload = {
    v: 1,
    version: 1,
    prev: null,
    name: input.name,
    ...(input.domain === undefined ? {} : { domain: input.domain }),
    threshold: 1,
    expires_at: `${expires_at.toISOString().slice(0, 19)}Z`,
    keys: [
      { jwk: root.public_jwk, roles: ['root'] },
      { jwk: online.manifest.public_jwk, roles: ['manifest'] },
      { jwk: online.decide.public_jwk, roles: ['decide'] },
      { jwk: online.release.public_jwk, roles: ['release'] },
      { jwk: node.node_key.public_jwk, roles: ['api'] },
    ],
    recovery_recipient: recovery.recipient,
    intake_recipient: intake.recipient,
  };
  try {
    parseProducerKeySet(payload);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    const domain = cause.issues[0]?.pointer === '/domain';
    throw refusal('bad_option', { option: domain ? '--domain' : '--name', value: domain ? (input.domain ?? '') : input.name, expected: cause.issues[0]?.message ?? cause.detail }, { cause });
  }
  const statement = signKeySet('producer-keys+jws', payload, [root]);
  const producer = readChain([statement]);
  await writeProducerFolder(node.config.home, partyIdOf(statement), { root, ...online, intake: intake.identity, recovery: recovery.identity, key_sets: [statement] });
  await insertProducer(node.db, producer, node.clock.now());
  return { producer: await getByName(node, input.name), created: true };
}

/** Records producers whose folder is there but whose row is not: after a crash, or with a fresh database beside old keys. */
export async function adoptFolders(node: ProducerNode): Promise<void> {
  const folder = path.join(node.config.home, 'producers');
  const known = new Set((await listProducers(node.db)).map((producer) => producer.producer_id));
  for (const name of await readdir(folder)) {
    if (name.startsWith('.') || known.has(name)) continue;
    const chain = await readKeySetFile(path.join(folder, name));
    if (!Array.isArray(chain)) throw refusal('key_damaged', { path: path.join(folder, name, 'key-sets.json') });
    const producer = readChain(chain.map(parseStatement));
    if (producer.producer_id !== name) throw refusal('key_damaged', { path: path.join(folder, name, 'key-sets.json') });
    await insertProducer(node.db, producer, node.clock.now());
  }
}

/** The verified facts of a producer's key set chain; throws CryptoError. */
function readChain(chain: readonly Statement[]): NewProducer {
  const newest = verifyKeySetChain(chain, { typ: 'producer-keys+jws' }).at(-1);
  if (newest === undefined) throw refusal('internal', { reason: 'a key set chain without a key set' });
  const { name } = parseProducerKeySet(newest.payload);
  return {
    producer_id: newest.party_id,
    name,
    key_sets: chain.map((one) => ({ payload: one.payload, signatures: one.signatures.map((signature) => ({ ...signature })) })),
    key_set_digest: newest.digest,
    keys_expire_at: new Date(newest.expires_at),
  };
}

async function getByName(node: ProducerNode, name: string): Promise<ProducerRow> {
  const found = (await listProducers(node.db)).find((producer) => producer.name === name);
  if (found === undefined) throw refusal('internal', { reason: 'the producer just made is not there' });
  return found;
}
