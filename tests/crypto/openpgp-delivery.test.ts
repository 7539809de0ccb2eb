import { generateKey, readKey, revokeKey } from 'openpgp';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { bareOpenpgpKey, checkDeliveryKey, type ContentKey, deliveryFingerprint, type DeliveryKey, fingerprintOf, generateContentKey, openKeyPackage, sealBody, sealKeyPackage, utf8 } from '#crypto';
import { requireProgram } from '../support/requirement.ts';
import { run, stockGpg } from '../support/stock-gpg.ts';
import { testWith } from '../support/test-with.ts';
import { codeOf, flipped } from './conformance.ts';

const dataset_id = '5f0c3a52-7a0e-4c0e-9b1e-0d9a54c1a001';
const grant_id = '0b8f7f9e-33cf-4f0e-9a53-6a3df1a5f102';
const gpg = requireProgram('gpg');
const now = (): Date => new Date();

type GenerateOptions = Parameters<typeof generateKey>[0];

async function publicKey(o: Partial<GenerateOptions> = {}): Promise<string> {
  const made = await generateKey({ type: 'ecc', curve: 'curve25519Legacy', userIDs: [{ name: 'Ada', email: 'ada@exemple.fr' }], ...o, format: 'armored' } as GenerateOptions & { format: 'armored' });
  return made.publicKey;
}

const bare = async (armored: string | Uint8Array, at = now()): Promise<DeliveryKey & { form: 'openpgp' }> => ({ form: 'openpgp', key: (await bareOpenpgpKey(typeof armored === 'string' ? utf8(armored) : armored, at)).key });

for (const algorithm of ['future-default', 'rsa3072']) {
  testWith([gpg, requireProgram('age')], `gpg -d package.asc | age -d -i - file.age gives the original, with a key that gpg made (${algorithm})`, async (t) => {
    const stock = await stockGpg(t);
    const delivery = await bare(await stock.makeKey('Ada Martin <ada@exemple.fr>', algorithm));
    const content_key = await generateContentKey(dataset_id, 3);
    const source = join(stock.folder, 'source.csv');
    await writeFile(source, 'a;b\r\n1;é\n');
    const parts: Uint8Array[] = [];
    const sealed = await sealBody(createReadStream(source), content_key.recipient, (bytes) => void parts.push(bytes.slice()));
    await writeFile(join(stock.folder, 'file.age'), Buffer.concat([sealed.header, ...parts]));

    const plain = await stock.decrypt(await sealKeyPackage(content_key, delivery, { grant_id, at: now() }));
    t.is(plain.toString(), content_key.text, 'byte for byte');
    await writeFile(join(stock.folder, 'content-key.txt'), plain, { mode: 0o600 });
    t.is((await run('age', ['-d', '-i', join(stock.folder, 'content-key.txt'), join(stock.folder, 'file.age')])).toString(), 'a;b\r\n1;é\n');
  });
}

test('no name and no address is kept of an OpenPGP key, and what is kept is one text', async (t) => {
  const armored = await publicKey({ keyExpirationTime: 3600 * 24 });
  const kept = await bareOpenpgpKey(utf8(armored), now());
  const read = await readKey({ armoredKey: kept.key });
  t.deepEqual([read.users.length, read.subkeys.length, read.getUserIDs()], [0, 1, []]);
  t.false(Buffer.from(read.write()).includes('ada@exemple.fr'));
  t.is((await bareOpenpgpKey((await readKey({ armoredKey: armored })).write(), now())).key, kept.key, 'binary and armored exports give the same');
  t.is(kept.not_after?.slice(0, 10), new Date(Date.now() + 24 * 3600 * 1000).toISOString().slice(0, 10));
  await t.notThrowsAsync(checkDeliveryKey({ form: 'openpgp', key: kept.key }, now()));
  t.is(deliveryFingerprint({ form: 'openpgp', key: kept.key }), fingerprintOf('openpgp', kept.key));
  t.is(await codeOf(() => checkDeliveryKey({ form: 'openpgp', key: armored }, now())), 'openpgp_not_bare');
  t.is(await codeOf(() => checkDeliveryKey({ form: 'openpgp', key: `${kept.key}\n` }, now())), 'openpgp_not_bare');
  t.is(await codeOf(() => checkDeliveryKey({ form: 'openpgp', key: kept.key.replace('-----\n', '-----\nComment: Ada\n') }, now())), 'openpgp_not_bare');
});

const P256 = 'nistP256' as const;
test('P-256 and today\'s RSA are good enough', async (t) => {
  for (const o of [{ curve: P256 }, { type: 'rsa', rsaBits: 3072 }, { type: 'curve25519' }] as Partial<GenerateOptions>[]) {
    const delivery = await bare(await publicKey(o));
    t.true((await sealKeyPackage(await generateContentKey(dataset_id, 1), delivery, { grant_id, at: now() })).length > 100);
  }
});

test('OpenPGP material that cannot serve is refused, each with its own reason', async (t) => {
  const refusals: Record<string, () => Promise<string | Uint8Array>> = {
    openpgp_too_large: async () => utf8('x'.repeat(64 * 1024 + 1)),
    openpgp_malformed: async () => '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n',
    openpgp_secret_key: async () => (await generateKey({ userIDs: [{ name: 'Ada' }], format: 'armored' })).privateKey,
    openpgp_too_many_parts: () => publicKey({ userIDs: Array.from({ length: 32 }, (_, n) => ({ name: `Ada ${n}` })) }),
    openpgp_expired: () => publicKey({ date: new Date(Date.now() - 7200_000), keyExpirationTime: 3600 }),
    openpgp_no_encryption: () => publicKey({ subkeys: [{ sign: true }] }),
    openpgp_weak: () => publicKey({ type: 'rsa', rsaBits: 2048 }),
    openpgp_revoked: async () => {
      const { privateKey, revocationCertificate } = await generateKey({ userIDs: [{ name: 'Ada' }], format: 'object' });
      return (await revokeKey({ key: privateKey.toPublic(), revocationCertificate, format: 'armored' })).publicKey;
    },
  };
  for (const [code, make] of Object.entries(refusals)) {
    const material = await make();
    t.is(await codeOf(() => bareOpenpgpKey(typeof material === 'string' ? utf8(material) : material, now())), code as never, code);
  }
  t.is(await codeOf(async () => bareOpenpgpKey(utf8(await publicKey({ curve: 'nistP384' })), now())), 'openpgp_weak');
  const binary = async (): Promise<Uint8Array> => (await readKey({ armoredKey: await publicKey() })).write();
  const two = Buffer.concat([await binary(), await binary()]);
  t.is(await codeOf(() => bareOpenpgpKey(new Uint8Array(two), now())), 'openpgp_malformed', 'two keys');
  const binarySecret = (await generateKey({ userIDs: [{ name: 'Ada' }], format: 'binary' })).privateKey;
  t.is(await codeOf(() => bareOpenpgpKey(binarySecret, now())), 'openpgp_secret_key');
});

test('exactly 32 subkeys and user ids, and exactly 64 KiB, are still looked at', async (t) => {
  await t.notThrowsAsync(async () => bare(await publicKey({ userIDs: Array.from({ length: 31 }, (_, n) => ({ name: `Ada ${n}` })) })));
  t.is(await codeOf(() => bareOpenpgpKey(utf8('x'.repeat(64 * 1024)), now())), 'openpgp_malformed');
});

test('a package opens with its key alone, and not with one flipped bit', async (t) => {
  const pair = await generateKey({ userIDs: [{ name: 'Ada' }], format: 'armored' });
  const other = await generateKey({ userIDs: [{ name: 'Eve' }], format: 'armored' });
  const content_key: ContentKey = await generateContentKey(dataset_id, 2);
  const sealed = await sealKeyPackage(content_key, await bare(pair.publicKey), { grant_id, at: now() });
  const purpose = { grant_id, dataset_id, epoch: 2 };
  t.is((await openKeyPackage(sealed, { form: 'openpgp', secret_key: pair.privateKey }, purpose)).text, content_key.text);
  t.is(await codeOf(() => openKeyPackage(sealed, { form: 'openpgp', secret_key: other.privateKey }, purpose)), 'openpgp_unreadable');
  t.is(await codeOf(() => openKeyPackage(sealed, { form: 'openpgp', secret_key: pair.privateKey }, { ...purpose, epoch: 3 })), 'package_mismatch');
  const text = Buffer.from(sealed).toString();
  const inside = text.indexOf('\n\n') + 2;
  for (const at of [inside + 30, inside + 100, inside + 200]) {
    // Within the base64 text: another letter is another byte.
    const changed = flipped(sealed, at, 0);
    t.truthy(await codeOf(() => openKeyPackage(changed, { form: 'openpgp', secret_key: pair.privateKey }, purpose)));
  }
});
