import { diffieHellman, generateKeyPairSync, randomUUID } from 'node:crypto';
import { parseAct, parseManifest } from '#catalog-schema';
import { appendHashes, canonicalBytes, generateContentKey, leafHash, openText, parseContentKey, parseStatement, sealText, type StoredHash, verifyStatement } from '#crypto';
import { checkContacts } from '../../portal/catalog/publish/check-contacts.ts';
import { appendAct } from '../../portal/log/append-act.ts';
import { latestCheckpoint } from '../../portal/log/log-store.ts';
import { makePublication } from '../portal/catalog/publishing.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { startThrowawayServer } from '../support/throwaway-server.ts';
import { figure, machine, median, rounded, say, sayResult } from './figures.ts';

/**
 * Program behind `npm run bench:access`: key packages and publish verifications per second of processor, and acts that the log takes
 * durably per second. A publish verification is what the portal does with a signed manifest before its transaction, and the act with
 * its place in the log's tree: statement read, signature, canonical form, schema, contacts, act made, leaf hashed, tree extended. No database is
 * in it; the durable appends have one. The last line is JSON with `publish_verifications_per_cpu_second`.
 */
const ROUNDS = 5;
const SECONDS = 1;
const ACTS = 1000;
const AT_ONCE = 8;

const postgres = await startThrowawayServer(process.pid);
process.env['SCEAU_TEST_DATABASE_URL'] = postgres.url;
process.env['SCEAU_TEST_RUN'] = `bench${process.pid}`;
try {
  const portal = await startTestPortal();
  try {
    await bench(portal);
  } finally {
    await portal.close();
  }
} finally {
  await postgres.remove();
}

async function bench(portal: TestPortal): Promise<void> {
  say(`bench:access; ${machine()}`);
  const rates: Record<string, number[]> = {};
  const works: [string, () => unknown][] = [
    ['key packages (age)', await packages()],
    ['X25519, one key and one secret', x25519()],
    ['publish verifications with log append', await verifications(portal)],
  ];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of works) (rates[name] ??= []).push(await perCpuSecond(work));
    (rates['log appends, durable, per second'] ??= []).push(await durableAppends(portal));
  }
  say(`medians of ${ROUNDS} rounds, per second of processor unless it says otherwise`);
  for (const [name, figures] of Object.entries(rates)) say(`  ${name.padEnd(40)} ${figure(median(figures)).padStart(8)}`);
  const of = (name: string): number | null => rounded(median(rates[name] ?? []));
  sayResult({
    bench: 'access',
    publish_verifications_per_cpu_second: of('publish verifications with log append'),
    packages_per_cpu_second: of('key packages (age)'),
    x25519_per_cpu_second: of('X25519, one key and one secret'),
    log_appends_per_second: of('log appends, durable, per second'),
  });
}

async function packages(): Promise<() => Promise<void>> {
  const key = await generateContentKey(randomUUID(), 1);
  const consumer = await generateContentKey(randomUUID(), 1);
  const opened = await openText(await sealText(key.text, [consumer.recipient]), [consumer.identity]);
  if ((await parseContentKey(new TextDecoder().decode(opened))).recipient !== key.recipient) throw new Error('a key package opens to another key');
  return async () => void (await sealText(key.text, [consumer.recipient]));
}

function x25519(): () => void {
  const peer = generateKeyPairSync('x25519');
  return () => void diffieHellman({ privateKey: generateKeyPairSync('x25519').privateKey, publicKey: peer.publicKey });
}

async function verifications(portal: TestPortal): Promise<() => Promise<void>> {
  const producer = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const now = portal.portal.clock.now();
  const publication = makePublication(producer, { dataset_id: randomUUID() }, now);
  const { kid, public_jwk } = producer.keys.manifest;
  const sent: unknown = JSON.parse(JSON.stringify(publication.body.manifest));
  const stored = new Map<string, Uint8Array>();
  let size = 0;
  const place = ({ level, index }: Pick<StoredHash, 'level' | 'index'>): string => `${level}/${index}`;
  const verify = async (statement: unknown): Promise<void> => {
    const verified = verifyStatement(parseStatement(statement), { typ: 'dataset-manifest+jws', keyFor: (asked) => (asked === kid ? public_jwk : undefined) });
    const manifest = parseManifest(verified.payload);
    checkContacts(manifest.metadata, publication.body.contacts);
    const { dataset_id, version } = manifest;
    const act = parseAct({ v: 1, type: 'manifest.publish', at: now.toISOString(), dataset_id, version, subject: verified.digest });
    const appended = await appendHashes(size, [leafHash(canonicalBytes(act))], (level, index) => {
      const hash = stored.get(place({ level, index }));
      if (hash === undefined) throw new Error('the tree lacks a hash');
      return hash;
    });
    for (const one of appended.stored) stored.set(place(one), one.hash);
    size += 1;
  };
  // A verification that accepts everything would be fast.
  const { signatures } = publication.body.manifest;
  const forged = { ...publication.body.manifest, signatures: [{ ...signatures[0], signature: `${'A'.repeat(85)}A` }] };
  const accepted = await verify(forged).then(() => true, () => false);
  if (accepted) throw new Error('a forged signature was accepted');
  return () => verify(sent);
}

// Acts in transactions of their own, until all have their index under a signed checkpoint.
async function durableAppends({ portal, logged }: TestPortal): Promise<number> {
  const before = (await latestCheckpoint(portal.db))?.size ?? 0;
  const started = performance.now();
  let left = ACTS;
  const writer = async (): Promise<void> => {
    while (left-- > 0) await portal.db.transaction().execute((trx) => appendAct(trx, portal, { type: 'operator.act', subject_digest: randomUUID(), public: false }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
  await logged();
  const seconds = (performance.now() - started) / 1000;
  const after = (await latestCheckpoint(portal.db))?.size ?? 0;
  if (after - before !== ACTS) throw new Error(`${after - before} acts in the log instead of ${ACTS}`);
  return ACTS / seconds;
}

async function perCpuSecond(work: () => unknown): Promise<number> {
  const cpu = process.cpuUsage();
  const until = performance.now() + SECONDS * 1000;
  let count = 0;
  while (performance.now() < until) {
    await work();
    count += 1;
  }
  const { user, system } = process.cpuUsage(cpu);
  return count / ((user + system) / 1e6);
}
