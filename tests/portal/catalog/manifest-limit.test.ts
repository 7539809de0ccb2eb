import test from 'ava';
import { canonicalBytes, STATEMENT_MAX_BYTES } from '#crypto';
import { testPortal } from '../../support/portal.ts';
import { makePublication, resign, send } from './publishing.ts';

test('a manifest of 1.5 MiB is published, verified and served; one byte more is refused', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const ofSize = (bytes: number) => {
    const made = makePublication(rennes, { dataset_id: portal.portal.newUuid() }, portal.portal.clock.now());
    const fill = (filling: string) => ({ ...made.payload, metadata: { ...made.payload.metadata, ext_metadata: { filling } } });
    const payload = fill('x'.repeat(bytes - canonicalBytes(fill('')).length));
    t.is(canonicalBytes(payload).length, bytes);
    return { ...made, payload };
  };
  const largest = resign(rennes, ofSize(STATEMENT_MAX_BYTES));
  const published = await send(portal, rennes, largest);
  t.is(published.status, 201, published.text.slice(0, 400));
  const served = await portal.call('GET', `/api/v1/datasets/${largest.dataset_id}/versions/1/manifest`);
  t.is(served.status, 200);

  // Our own signing refuses it, so the bytes of another are signed over: size is looked at before signatures.
  const beyond = ofSize(STATEMENT_MAX_BYTES + 1);
  t.throws(() => resign(rennes, beyond), { message: /1572865 bytes/ });
  const payload = Buffer.from(canonicalBytes(beyond.payload)).toString('base64url');
  const refused = await send(portal, rennes, { ...beyond, body: { ...largest.body, manifest: { ...largest.body.manifest, payload } } });
  t.is(`${refused.status} ${refused.json.reason ?? refused.json.code}`, '413 too_large');
});
