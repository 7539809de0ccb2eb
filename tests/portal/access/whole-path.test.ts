import test from 'ava';
import {
  bytesOf,
  checkBlindSubject,
  collect,
  decodeBase64url,
  decodeUtf8,
  digestOf,
  equalBytes,
  fingerprintOf,
  keyWithRole,
  openBody,
  openText,
  parseContentKey,
  statementDigest,
  verifyKeySetChain,
  verifyProof,
  verifyStatement,
} from '#crypto';
import { parseKeyRelease } from '#catalog-schema';
import { revokeGrant } from '../../../portal/access/revoke-grant.ts';
import { testPortal } from '../../support/portal.ts';
import { releaseAll, testBroker } from '../broker/test-broker.ts';
import { publishSealed } from '../catalog/publishing.ts';
import { ask, approve, confirmationOf } from './asking.ts';

test('a dataset is published sealed, asked for, granted, released, opened, and closed again', async (t) => {
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const anne = await portal.registerConsumer();
  const plaintext = Buffer.from('nom;montant\n'.repeat(200_000));
  const dataset = await publishSealed(portal, rennes, { plaintext });
  const file = `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}`;

  // Before any grant neither header nor body leave.
  for (const part of ['header', 'body']) {
    const refused = await portal.call('GET', `${file}/${part}`, { as: anne.identity_key });
    t.is(refused.status, 403);
    t.is(refused.json.reason, 'no_grant');
    t.is((await portal.call('GET', `${file}/${part}`)).json.reason, 'no_grant');
  }

  const asked = await ask(portal, anne, { dataset, producer: rennes });
  t.is(asked.status, 201, asked.text);
  t.deepEqual(asked.json, { request_id: asked.json.request_id, state: 'draft', fingerprint: anne.fingerprint });
  t.is((await portal.mails(rennes.officer_email)).filter((mail) => mail.text_body.includes(asked.json.request_id)).length, 0, 'a draft is nobody’s business');
  const { code } = await confirmationOf(portal, 'anne@labo.example');
  const confirmed = await portal.call('POST', `/api/v1/access-requests/${asked.json.request_id}/confirmation`, { json: { code }, as: anne.identity_key });
  t.is(confirmed.json.state, 'submitted');
  t.true((await portal.mails(rennes.officer_email)).some((mail) => mail.text_body.includes(`/fr/officer/requests/${asked.json.request_id}`)));

  const decided = await approve(portal, rennes, asked.json.request_id);
  t.is(decided.state, 'active');
  await releaseAll(portal, broker);

  const grants = await portal.call('GET', '/api/v1/grants', { as: anne.identity_key });
  const [grant] = grants.json.grants;
  t.is(grant.state, 'active');
  t.deepEqual(grant.epochs, [1]);
  const portal_keys = verifyKeySetChain(portal.portal.keys.key_sets, { typ: 'portal-keys+jws', party_id: portal.portal.keys.portal_id }).at(-1);
  if (portal_keys === undefined) throw new Error('no key set');
  const log = { origin: portal.portal.keys.log_origin, jwk: portal.portal.keys.log_key.public_jwk };
  const signed = verifyStatement(grant.grant, { typ: 'grant+jws', keyFor: (kid) => keyWithRole(portal_keys, kid, 'decision') });
  t.true(checkBlindSubject(signed.digest, grant.act.blind_key, JSON.parse(decodeUtf8(decodeBase64url(grant.act.leaf))).subject));
  verifyProof(decodeBase64url(grant.act.leaf), grant.act.proof, log);

  const packages = await portal.call('GET', `/api/v1/grants/${decided.grant_id}/packages`, { as: anne.identity_key });
  const [pack] = packages.json.packages;
  const release = parseKeyRelease(verifyStatement(pack.release, { typ: 'key-release+jws', keyFor: (kid) => keyWithRole(portal_keys, kid, 'broker') }).payload);
  t.is(release.package_sha256, digestOf(decodeBase64url(pack.package)));
  t.is(release.content_recipient, dataset.content_key.recipient);
  t.is(release.consumer_kid, anne.identity_key.kid);
  t.is(release.delivery_fingerprint, fingerprintOf('age', anne.delivery.recipient));
  t.true(checkBlindSubject(statementDigest(pack.release), pack.act.blind_key, JSON.parse(decodeUtf8(decodeBase64url(pack.act.leaf))).subject));
  verifyProof(decodeBase64url(pack.act.leaf), pack.act.proof, log);

  const content_key = await parseContentKey(decodeUtf8(await openText(decodeBase64url(pack.package), [anne.delivery.identity])));
  const header = await portal.call('GET', `${file}/header`, { as: anne.identity_key });
  const body = await portal.call('GET', `${file}/body`, { as: anne.identity_key });
  const leaves = await portal.call('GET', `${file}/leaves`);
  const opened = collect();
  const { age, body_size, tree } = dataset.resource;
  await openBody({ header: header.bytes, header_sha256: age.header_sha256, header_size: age.header_size, recipient: age.recipient, body_size, root: tree.root, leaves: leaves.bytes, content_key }, bytesOf(body.bytes), opened.sink);
  t.true(equalBytes(opened.bytes(), plaintext));

  const officer = await portal.signInOfficer(rennes);
  await revokeGrant(portal.portal, officer.member, { grant_id: grant.grant_id, reason: 'Fin de l’étude.' });
  for (const part of ['header', 'body']) t.is((await portal.call('GET', `${file}/${part}`, { as: anne.identity_key })).json.reason, 'no_grant');
  const closed = await portal.call('GET', `/api/v1/grants/${decided.grant_id}/packages`, { as: anne.identity_key });
  t.is(closed.status, 403);
  t.is(closed.json.reason, 'grant_revoked');
});
