import { execFileSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { generateDeliveryJwk, randomBytes } from '#crypto';
import { requireProgram } from '../support/requirement.ts';
import { stockGpg } from '../support/stock-gpg.ts';
import { testWith } from '../support/test-with.ts';
import { testPortal } from '../support/portal.ts';
import { approve, confirmationOf } from '../portal/access/asking.ts';
import { releaseAll, testBroker } from '../portal/broker/test-broker.ts';
import { publishSealed } from '../portal/catalog/publishing.ts';
import { at, runSceau, temporaryFolder, textAt } from './run-sceau.ts';

testWith([requireProgram('gpg'), requireProgram('age'), requireProgram('jose')], 'a consumer adds a gpg key and a JWK, and opens what is granted with stock tools alone', async (t) => {
  t.timeout(120_000);
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const gpg = await stockGpg(t);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const sceau = (args: string[], input?: string) => runSceau(args, { env, cwd: folder, ...(input === undefined ? {} : { input }) });
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const plaintext = randomBytes(70_000);
  const dataset = await publishSealed(portal, rennes, { plaintext, title: 'Subventions versées' });
  await portal.logged();
  const id = dataset.dataset_id;
  t.is((await sceau(['keygen', '--name', 'Anne'])).status, 0);

  // gpg: the portal seals a challenge, gpg opens it, its answer registers the key
  await writeFile(join(folder, 'ada.asc'), await gpg.makeKey('Ada Martin <ada@exemple.fr>'));
  const challenged = await sceau(['keys', 'add', '--openpgp', 'ada.asc', '--json']);
  t.is(challenged.status, 0, challenged.stderr);
  t.like(challenged.json, { state: 'challenged', form: 'openpgp', challenge: 'sceau-challenge.asc' });
  t.is(at(await sceau(['keys', '--json']), 'delivery', 'length'), 1, 'nothing is added yet');
  const guessed = await sceau(['keys', 'add', '--openpgp', 'ada.asc', '--answer-file', '-'], `sceau-answer-${'A'.repeat(43)}\n`);
  t.is(guessed.status, 1);
  t.regex(guessed.stderr, /ask for a new challenge/);
  const opened = await gpg.decrypt(await readFile(join(folder, 'sceau-challenge.asc')));
  const added = await sceau(['keys', 'add', '--openpgp', 'ada.asc', '--answer-file', '-', '--json'], opened.toString());
  t.is(added.status, 0, added.stderr);
  t.like(added.json, { state: 'added', version: 2, fingerprint: textAt(challenged, 'fingerprint') });
  const stored = await portal.portal.db.selectFrom('party_key_set').select('statement').where('party_type', '=', 'consumer').execute();
  const signed = stored.map((row) => Buffer.from(JSON.parse(row.statement).payload, 'base64url').toString()).join('');
  t.true(signed.includes('PGP PUBLIC KEY'));
  t.false(/Ada Martin|ada@exemple/.test(signed), 'no name is signed');
  const armored = [...signed.matchAll(/"key":"(-----BEGIN PGP[^"]*)"/g)].map((match) => Buffer.from(String(JSON.parse(`"${match[1]}"`)).replaceAll(/-----.*-----|\n\n|\n=.*/g, ''), 'base64'));
  t.false(Buffer.concat(armored).includes('ada@exemple'), 'nor hidden in the key');

  // a JWK: a private one answers by itself, and stays here
  await writeFile(join(folder, 'key.jwk'), generateDeliveryJwk('P-256'));
  const jwk = await sceau(['keys', 'add', '--jwk', 'key.jwk', '--name', 'Serveur', '--json']);
  t.is(jwk.status, 0, jwk.stderr);
  t.like(jwk.json, { state: 'added', form: 'jwe', version: 3 });
  const listed = await sceau(['keys']);
  for (const digits of [textAt(added, 'fingerprint'), textAt(jwk, 'fingerprint')]) t.true(listed.stdout.includes(digits));

  // granted to all three, each package in its form
  const asked = await sceau(['ask', id, '--purpose', 'Étude', '--name', 'Anne', '--email', 'anne@labo.example', '--json', '--no-wait']);
  t.is(asked.status, 0, asked.stderr);
  t.is((await sceau(['confirm', textAt(asked, 'request_id')], `${(await confirmationOf(portal, 'anne@labo.example')).code}\n`)).status, 0);
  await approve(portal, rennes, textAt(asked, 'request_id'));
  await releaseAll(portal, broker);
  const kept = await sceau(['get', id, '--keep', '-o', 'kept.csv', '--json']);
  t.is(kept.status, 0, kept.stderr);
  t.deepEqual((at(kept, 'files', 0, 'packages') as string[]).toSorted(), ['kept.csv.package.asc', 'kept.csv.package.jwe.json']);
  t.is((await stat(join(folder, 'kept.csv.package.asc'))).mode & 0o777, 0o600);

  // without our software
  execFileSync('sh', ['-c', 'rm kept.csv.content-key.txt; cat kept.csv.age-header kept.csv.age-body > file.age'], { cwd: folder });
  await writeFile(join(folder, 'by-gpg.txt'), await gpg.decrypt(await readFile(join(folder, 'kept.csv.package.asc'))), { mode: 0o600 });
  t.true(execFileSync('age', ['-d', '-i', 'by-gpg.txt', 'file.age'], { cwd: folder }).equals(plaintext), 'gpg, then age');
  // By standard input: jose 11 takes a file name with four dots for a compact JWE.
  t.true(execFileSync('sh', ['-c', 'jose jwe dec -i - -k key.jwk < kept.csv.package.jwe.json | age -d -i - file.age'], { cwd: folder }).equals(plaintext), 'jose, then age');

  // ours opens JWE too, from the portal and from the files
  t.is((await sceau(['open', id, '--jwk', 'key.jwk', '-o', 'by-jwk.csv'])).status, 0);
  t.true((await readFile(join(folder, 'by-jwk.csv'))).equals(plaintext));
  t.is((await sceau(['get', id, '--jwk', 'key.jwk', '-o', 'parcel.csv'])).status, 0);
  const offline = await runSceau(['open', 'parcel.csv', '--jwk', 'key.jwk', '-o', 'offline.csv'], { env: { SCEAU_HOME: env.SCEAU_HOME }, cwd: folder });
  t.is(offline.status, 0, offline.stderr);
  t.true((await readFile(join(folder, 'offline.csv'))).equals(plaintext));
  const packages = await sceau(['packages', id, '-o', 'all', '--json']);
  t.is(packages.status, 0, packages.stderr);
  t.deepEqual((await readdir(folder)).filter((name) => name.startsWith('all.')).toSorted(), ['all.package.age', 'all.package.asc', 'all.package.jwe.json']);

  // retired: nothing that was sealed to it is handed out any more
  const retired = await sceau(['keys', 'retire', textAt(jwk, 'fingerprint').slice(0, 11), '--json']);
  t.is(retired.status, 0, retired.stderr);
  t.is((await sceau(['open', id, '--jwk', 'key.jwk', '-o', 'late.csv'])).status, 3);
  t.is((await sceau(['open', id, '-o', 'still.csv'])).status, 0);
});

testWith(requireProgram('gpg'), 'a key of gpg that cannot serve is refused with its own reason, in both languages, and nothing is sent', async (t) => {
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: 'http://127.0.0.1:9' };
  t.is((await runSceau(['keygen', '--name', 'Anne'], { env })).status, 0);
  const userIDs = [{ name: 'Ada' }];
  const material: [string, string, RegExp, RegExp][] = [
    ['secret.asc', (await generateKey({ userIDs, format: 'armored' })).privateKey, /SECRET key/, /clé SECRÈTE/],
    ['weak.asc', (await generateKey({ userIDs, type: 'rsa', rsaBits: 2048, format: 'armored' })).publicKey, /too weak/, /trop faible/],
    ['expired.asc', (await generateKey({ userIDs, date: new Date(Date.now() - 7200_000), keyExpirationTime: 60, format: 'armored' })).publicKey, /has expired/, /a expiré/],
    ['signing.asc', (await generateKey({ userIDs, subkeys: [{ sign: true }], format: 'armored' })).publicKey, /can only sign/, /ne sait que signer/],
    ['huge.asc', 'x'.repeat(70_000), /longer than 64 KiB/, /dépasse 64 Kio/],
    ['noise.asc', 'bonjour', /not one OpenPGP public key/, /pas une clé publique OpenPGP/],
  ];
  for (const [name, text, en, fr] of material) {
    await writeFile(join(folder, name), text);
    for (const [lang, words] of [['en', en], ['fr', fr]] as const) {
      const ran = await runSceau(['keys', 'add', '--openpgp', name, '--lang', lang], { env, cwd: folder });
      t.is(ran.status, 1, `${name} ${ran.stderr}`);
      t.regex(ran.stderr, words);
    }
  }
});
