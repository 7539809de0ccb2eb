import test from 'ava';
import { generateSigningKey, signStatement, type Statement, statementDigest } from '#crypto';
import { ClientError, type ClientErrorCode, type Evidence, noPins, parseEvidence, type Pins, verifyEvidence } from '#client';
import { createFakeFederation, flipped, NOW } from './fake-federation.ts';
import { createFakeLog } from './fake-log.ts';

const PORTAL = { now: NOW, portal_url: 'https://portal.example' };
const csv = (text: string): Uint8Array => new TextEncoder().encode(text);

async function published(files = 1) {
  const federation = await createFakeFederation();
  const first = await federation.publish({ files: Array.from({ length: files }, (_, index) => ({ name: `f${index}.csv`, bytes: csv(`a;b\n${index};2\n`) })) });
  const other = await federation.publish({ files: [{ name: 'o.csv', bytes: csv('x\n') }] });
  federation.signHeads([first, other]);
  return { federation, first, other, evidence: await federation.evidenceOf(first) };
}

function refusal(act: () => unknown): ClientError {
  try {
    act();
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const withPayload = (statement: Statement, change: (text: string) => string): Statement => ({ ...statement, payload: change(statement.payload) });
const withSignature = (statement: Statement, change: (text: string) => string): Statement => ({
  ...statement,
  signatures: statement.signatures.map((entry) => ({ ...entry, signature: change(entry.signature) })),
});

test('good evidence is authentic and current, and what was learned is pinned', async (t) => {
  const { evidence, federation, first } = await published();
  const verdict = verifyEvidence(evidence, noPins(), PORTAL);
  t.is(verdict.digest, first.digest);
  t.is(verdict.authentic.kid, federation.producer.manifest.kid);
  t.is(verdict.authentic.log_index, first.act_index);
  t.deepEqual(verdict.current, { verdict: 'current', until: '2026-03-02T09:00:00Z' });
  t.is(verdict.producer.named.verdict, 'asserted_by_portal');
  t.is(verdict.portal.by, null);
  t.is(verdict.checkpoints.length, 1);
  t.is(verdict.pins.portals[0]?.confirmed_by, 'first_use');
  t.is(verdict.pins.producers[0]?.heads_seq, 1);
  t.deepEqual(verdict.pins.marks.map(({ version, digest }) => ({ version, digest })), [{ version: 1, digest: first.digest }]);
  t.is(verifyEvidence(evidence, verdict.pins, PORTAL).portal.by, 'first_use');
});

test('evidence survives being written to a file and read again', async (t) => {
  const { evidence } = await published();
  const read = parseEvidence(JSON.parse(JSON.stringify(evidence)));
  t.deepEqual(read, evidence);
  const verdict = verifyEvidence(read, noPins(), { now: new Date('2030-01-01T00:00:00Z'), saved: true });
  t.deepEqual(verdict.current, { verdict: 'freshness_unknown', since: '2026-03-02T09:00:00Z' });
  t.deepEqual(verdict.pins, noPins(), 'a file teaches nothing about parties never met');
});

test('without heads, or with heads from before the publication, freshness is unknown since the producer signed', async (t) => {
  const { evidence, federation, first, other } = await published();
  const unknown = { verdict: 'freshness_unknown', since: '2026-03-01T08:29:00Z' } as const;
  t.deepEqual(verifyEvidence({ ...evidence, heads: null }, noPins(), PORTAL).current, unknown);
  const second = await federation.publish({ before: first, files: [{ name: 'f.csv', bytes: csv('new') }] });
  federation.signHeads([first, other]);
  t.deepEqual(verifyEvidence(await federation.evidenceOf(second), noPins(), PORTAL).current, unknown);
});

test('heads that name a newer version show that one was withheld', async (t) => {
  const { federation, first, other } = await published();
  const second = await federation.publish({ before: first, files: [{ name: 'f.csv', bytes: csv('new') }] });
  federation.signHeads([second, other]);
  t.deepEqual(verifyEvidence(await federation.evidenceOf(first), noPins(), PORTAL).current, { verdict: 'superseded', newest_version: 2 });
});

const bits: [what: string, change: (evidence: Evidence) => Evidence, code: ClientErrorCode][] = [
  ['the payload of the manifest', (e) => ({ ...e, manifest: withPayload(e.manifest, (text) => flipped(text)) }), 'manifest_refused'],
  ['the signature of the manifest', (e) => ({ ...e, manifest: withSignature(e.manifest, (text) => flipped(text)) }), 'manifest_refused'],
  ['the leaf of the act', (e) => ({ ...e, act: e.act === null ? null : { ...e.act, leaf: flipped(e.act.leaf, 0.02) } }), 'act_mismatch'],
  ['the path of the proof', (e) => ({ ...e, act: e.act === null ? null : { ...e.act, proof: { ...e.act.proof, path: e.act.proof.path.map((step, index) => (index === 0 ? flipped(step) : step)) } } }), 'log_proof_refused'],
  ['the index of the proof', (e) => ({ ...e, act: e.act === null ? null : { ...e.act, proof: { ...e.act.proof, index: e.act.proof.index + 1 } } }), 'log_proof_refused'],
  ['the size of the proof', (e) => ({ ...e, act: e.act === null ? null : { ...e.act, proof: { ...e.act.proof, size: e.act.proof.size + 1 } } }), 'log_proof_refused'],
  ['the checkpoint', (e) => ({ ...e, act: e.act === null ? null : { ...e.act, proof: { ...e.act.proof, checkpoint: e.act.proof.checkpoint.replace(/\n\d+\n/, '\n7\n') } } }), 'log_proof_refused'],
  ['the payload of the producer\'s keys', (e) => ({ ...e, producer_key_sets: e.producer_key_sets.map((set) => withPayload(set, (text) => flipped(text))) }), 'producer_keys_refused'],
  ['the signature of the producer\'s keys', (e) => ({ ...e, producer_key_sets: e.producer_key_sets.map((set) => withSignature(set, (text) => flipped(text))) }), 'producer_keys_refused'],
  ['the proof of the producer\'s keys', (e) => ({ ...e, producer_key_acts: e.producer_key_acts.map((act) => (act === null ? null : { ...act, proof: { ...act.proof, path: act.proof.path.map((step) => flipped(step)) } })) }), 'log_proof_refused'],
  ['the payload of the portal\'s keys', (e) => ({ ...e, portal_key_sets: e.portal_key_sets.map((set) => withPayload(set, (text) => flipped(text))) }), 'portal_keys_refused'],
  ['the signature of the portal\'s keys', (e) => ({ ...e, portal_key_sets: e.portal_key_sets.map((set) => withSignature(set, (text) => flipped(text))) }), 'portal_keys_refused'],
  ['the payload of the heads', (e) => ({ ...e, heads: e.heads === null ? null : { ...e.heads, statement: withPayload(e.heads.statement, (text) => flipped(text)) } }), 'heads_refused'],
  ['the path of the heads', (e) => ({ ...e, heads: e.heads === null ? null : { ...e.heads, path: e.heads.path.map((step) => flipped(step)) } }), 'heads_mismatch'],
  ['the digest in the line of the heads', (e) => ({ ...e, heads: e.heads === null ? null : { ...e.heads, entry: [e.heads.entry[0], e.heads.entry[1], `sha256:${flipped(e.heads.entry[2].slice(7))}`] } }), 'heads_mismatch'],
  ['the version in the line of the heads', (e) => ({ ...e, heads: e.heads === null ? null : { ...e.heads, entry: [e.heads.entry[0], e.heads.entry[1] + 1, e.heads.entry[2]] } }), 'heads_mismatch'],
];

for (const [what, change, code] of bits) {
  test(`one flipped bit in ${what} is ${code}`, async (t) => {
    const { evidence } = await published();
    t.notThrows(() => verifyEvidence(evidence, noPins(), PORTAL));
    t.is(refusal(() => verifyEvidence(change(evidence), noPins(), PORTAL)).code, code);
  });
}

test('a flipped bit anywhere in the manifest is refused', async (t) => {
  const { evidence } = await published();
  const [entry = { protected: '', signature: '' }] = evidence.manifest.signatures;
  const code = (manifest: Statement) => refusal(() => verifyEvidence({ ...evidence, manifest }, noPins(), PORTAL)).code;
  for (let at = 0; at < 1; at += 0.09) {
    t.true(['manifest_refused', 'manifest_key_not_in_force'].includes(code({ ...evidence.manifest, signatures: [{ ...entry, protected: flipped(entry.protected, at) }] })), `header at ${at}`);
    t.is(code({ ...evidence.manifest, signatures: [{ ...entry, signature: flipped(entry.signature, at) }] }), 'manifest_refused', `signature at ${at}`);
    // Where the bit breaks the producer's id or name, the chain is what does not fit.
    t.true(['manifest_refused', 'producer_keys_refused', 'manifest_schema'].includes(code(withPayload(evidence.manifest, (text) => flipped(text, at)))), `payload at ${at}`);
  }
});

test('a manifest by a key of another role, of a stranger, or that was not in force yet is refused', async (t) => {
  const { federation, first } = await published();
  const files = [{ name: 'f.csv', bytes: csv('1') }];
  for (const key of [federation.producer.api, generateSigningKey()]) {
    const evidence = await federation.evidenceOf(await federation.publish({ files, key }));
    t.is(refusal(() => verifyEvidence(evidence, noPins(), PORTAL)).code, 'manifest_key_not_in_force');
  }
  const next = federation.rotateManifestKey();
  const afterRotation = await federation.publish({ before: first, files, key: next });
  const oldKey = await federation.publish({ files });
  t.is(verifyEvidence(await federation.evidenceOf(afterRotation), noPins(), PORTAL).authentic.key_set_version, 2);
  federation.signHeads([afterRotation], { key: next });
  const vouched = { ...(await federation.evidenceOf(first)), later: [afterRotation.statement] };
  t.is(verifyEvidence(vouched, noPins(), { ...PORTAL, version: 1 }).authentic.key_set_version, 1, 'log order decides: the old key was in force then');
  const late = await federation.evidenceOf(oldKey);
  t.is(refusal(() => verifyEvidence(late, noPins(), PORTAL)).code, 'manifest_key_not_in_force');
});

test('a portal cannot keep a replaced key in force by hiding or misplacing the act of its replacement', async (t) => {
  const { federation } = await published();
  const files = [{ name: 'f.csv', bytes: csv('1') }];
  federation.rotateManifestKey();
  const forged = await federation.evidenceOf(await federation.publish({ files }));
  const [first, second] = forged.producer_key_acts;
  if (first === undefined || second === undefined || second === null) throw new Error('two acts');
  const code = (acts: Evidence['producer_key_acts']) => refusal(() => verifyEvidence({ ...forged, producer_key_acts: acts }, noPins(), PORTAL)).code;
  t.is(code([first, second]), 'manifest_key_not_in_force');
  t.is(code([first]), 'not_in_log');
  t.is(code([first, null]), 'not_in_log');
  const size = federation.log.size();
  t.is(code([first, { ...second, proof: { ...second.proof, index: size - 1 } }]), 'log_proof_refused', 'the place of the manifest itself');
  const afterwards = await federation.publish({ files });
  t.true(afterwards.act_index >= size);
  t.is(code([first, { ...second, proof: { ...second.proof, index: size } }]), 'log_proof_refused', 'a place behind the manifest must be proved, too');
  t.is(code([second, first === null ? null : { ...first, proof: { ...first.proof, index: size } }]), 'act_mismatch', 'versions in another order');
});

test('a key set that is not integrated yet does no harm while its keys agree', async (t) => {
  const { federation, first } = await published();
  federation.rotateManifestKey();
  const evidence = await federation.evidenceOf(first);
  const waiting = { ...evidence, producer_key_acts: [evidence.producer_key_acts[0] ?? null, null] };
  t.is(refusal(() => verifyEvidence(waiting, noPins(), PORTAL)).code, 'not_in_log', 'the key was replaced: nobody shows when');
  const { evidence: plain } = await published();
  t.notThrows(() => verifyEvidence({ ...plain, producer_key_acts: [...plain.producer_key_acts, null] }, noPins(), PORTAL));
});

test('a manifest that is not in the log, or whose entry is about another one, is refused', async (t) => {
  const { federation, evidence, other } = await published();
  t.is(refusal(() => verifyEvidence({ ...evidence, act: null }, noPins(), PORTAL)).code, 'not_in_log');
  const stray = await federation.log.prove(other.act_index);
  t.is(refusal(() => verifyEvidence({ ...evidence, act: stray }, noPins(), PORTAL)).code, 'act_mismatch');
  t.is(refusal(() => verifyEvidence({ ...evidence, producer_key_acts: [null] }, noPins(), PORTAL)).code, 'manifest_key_not_in_force');
});

test('a signed payload that is no manifest is refused by its schema', async (t) => {
  const { federation, evidence } = await published();
  const statement = signStatement('dataset-manifest+jws', { v: 1, producer_id: federation.producer_id }, [federation.producer.manifest]);
  t.is(refusal(() => verifyEvidence({ ...evidence, manifest: statement }, noPins(), PORTAL)).code, 'manifest_schema');
  const otherType = signStatement('producer-heads+jws', { v: 1, producer_id: federation.producer_id }, [federation.producer.manifest]);
  const refused = refusal(() => verifyEvidence({ ...evidence, manifest: otherType }, noPins(), PORTAL));
  t.deepEqual([refused.code, refused.reason], ['manifest_refused', 'wrong_type']);
});

test('the answer must be the dataset, the version and the portal that were asked', async (t) => {
  const { federation, evidence, other } = await published();
  t.is(refusal(() => verifyEvidence(evidence, noPins(), { ...PORTAL, dataset_id: other.manifest.dataset_id })).code, 'dataset_mismatch');
  t.is(refusal(() => verifyEvidence(evidence, noPins(), { ...PORTAL, version: 2 })).code, 'dataset_mismatch');
  t.is(refusal(() => verifyEvidence({ ...evidence, version: 2 }, noPins(), PORTAL)).code, 'dataset_mismatch');
  t.is(refusal(() => verifyEvidence(evidence, noPins(), { ...PORTAL, portal_id: federation.producer_id })).code, 'portal_changed');
});

test('the mark of a dataset: not older, not other content, joined when newer', async (t) => {
  const { federation, first } = await published();
  const files = (text: string) => [{ name: 'f.csv', bytes: csv(text) }];
  const second = await federation.publish({ before: first, files: files('2') });
  const third = await federation.publish({ before: second, files: files('3') });
  const fourth = await federation.publish({ before: third, files: files('4') });
  const forkOfThird = await federation.publish({ before: second, files: files('fork') });
  const pinsAt = async (one: typeof first): Promise<Pins> => verifyEvidence(await federation.evidenceOf(one), noPins(), PORTAL).pins;
  const code = async (one: typeof first, pins: Pins, o: Partial<Parameters<typeof verifyEvidence>[2]> = {}) => {
    const evidence = await federation.evidenceOf(one);
    return refusal(() => verifyEvidence(evidence, pins, { ...PORTAL, ...o })).code;
  };

  t.is(await code(first, await pinsAt(second)), 'version_rolled_back');
  t.is(await code(forkOfThird, await pinsAt(third)), 'equivocation');
  t.is(await code(fourth, await pinsAt(second)), 'history_missing');
  t.is(await code(fourth, await pinsAt(forkOfThird)), 'history_broken');
  t.is(await code(fourth, await pinsAt(second), { between: [forkOfThird.statement] }), 'history_broken');
  t.is(await code(fourth, await pinsAt(second), { between: [first.statement] }), 'history_missing');

  const joined = verifyEvidence(await federation.evidenceOf(fourth), await pinsAt(second), { ...PORTAL, between: [third.statement] });
  t.is(joined.pins.marks[0]?.version, 4);
  t.is(verifyEvidence(await federation.evidenceOf(second), await pinsAt(first), PORTAL).version, 2, 'the next version needs nothing between');

  const older = verifyEvidence(await federation.evidenceOf(second), await pinsAt(fourth), { ...PORTAL, version: 2, between: [third.statement, fourth.statement] });
  t.deepEqual(older.current, { verdict: 'superseded', newest_version: 4 });
  t.is(older.pins.marks[0]?.version, 4, 'the mark does not go back');
  t.is(await code(forkOfThird, await pinsAt(fourth), { version: 3, between: [fourth.statement] }), 'history_broken');
  t.is(await code(second, await pinsAt(fourth), { version: 2, between: [third.statement] }), 'history_missing');
});

test('a dataset stays its producer\'s', async (t) => {
  const { evidence, first } = await published();
  const thief = await createFakeFederation();
  const stolen = await thief.publish({ dataset_id: first.manifest.dataset_id, files: [{ name: 'f.csv', bytes: csv('stolen') }] });
  const { pins } = verifyEvidence(evidence, noPins(), PORTAL);
  const theirs = await thief.evidenceOf(stolen);
  t.is(refusal(() => verifyEvidence(theirs, pins, { ...PORTAL, portal_url: 'https://thief.example' })).code, 'dataset_moved');
  t.is(refusal(() => verifyEvidence(theirs, pins, PORTAL)).code, 'portal_changed', 'at the address of the portal met before');
});

test('a key set logged a second time does not bring the stolen key before it back', async (t) => {
  const { federation, first } = await published();
  const files = [{ name: 'f.csv', bytes: csv('1') }];
  const stolen = federation.producer.manifest;
  const fresh = federation.rotateManifestKey();
  const second = await federation.publish({ before: first, files, key: fresh });
  federation.signHeads([second], { key: fresh });
  const { pins } = verifyEvidence({ ...(await federation.evidenceOf(second)) }, noPins(), PORTAL);
  t.is(pins.producers[0]?.key_set_places.length, 2);
  const forged = await federation.publish({ before: second, files, key: stolen });
  const honest = await federation.evidenceOf(forged);
  const again = federation.log.append({ type: 'producer.keys', subject: statementDigest(federation.producer_keys[1]) });
  const [act] = honest.producer_key_acts;
  const lie: Evidence = { ...(await federation.evidenceOf(forged)), heads: null, producer_key_acts: [act ?? null, await federation.log.prove(again)] };

  t.is(refusal(() => verifyEvidence(lie, pins, PORTAL)).code, 'manifest_key_not_in_force', 'its first place is remembered');
  const both = { ...lie, producer_key_acts: [...lie.producer_key_acts, ...honest.producer_key_acts.slice(1)] };
  t.is(refusal(() => verifyEvidence(both, noPins(), PORTAL)).code, 'manifest_key_not_in_force', 'the lowest of those shown counts');
  t.is(refusal(() => verifyEvidence(lie, noPins(), PORTAL)).code, 'manifest_key_retired', 'who never saw the first place asks for the present keys\' word');
  const shorter = { ...lie, producer_key_sets: lie.producer_key_sets.slice(0, 1), producer_key_acts: [act ?? null] };
  t.is(refusal(() => verifyEvidence(shorter, pins, { ...PORTAL, saved: true })).code, 'manifest_key_not_in_force', 'a saved file cannot hide the key set either');
  const learned = verifyEvidence({ ...(await federation.evidenceOf(second)), producer_key_acts: [act ?? null, await federation.log.prove(again)].slice(0, 1) }, pins, PORTAL).pins;
  t.deepEqual(learned.producers[0]?.key_set_places, pins.producers[0]?.key_set_places, 'places only go down');
});

test('a manifest by a key that was replaced since needs the word of the present keys', async (t) => {
  const { federation, first, other } = await published();
  const files = (text: string) => [{ name: 'f.csv', bytes: csv(text) }];
  const second = await federation.publish({ before: first, files: files('2') });
  const third = await federation.publish({ before: second, files: files('3') });
  const fresh = federation.rotateManifestKey();
  const code = async (change: Partial<Evidence>): Promise<ClientErrorCode> => {
    const evidence = { ...(await federation.evidenceOf(second)), ...change };
    return refusal(() => verifyEvidence(evidence, noPins(), PORTAL)).code;
  };
  federation.signHeads([second, other]);
  t.is(await code({}), 'manifest_key_retired', 'heads by the replaced key are no word');
  federation.signHeads([first, other], { key: fresh });
  t.is(await code({}), 'manifest_key_retired', 'an older version is named');
  federation.signHeads([second, other], { key: fresh });
  t.is(verifyEvidence(await federation.evidenceOf(second), noPins(), PORTAL).current.verdict, 'current');
  t.is(await code({ heads: null }), 'manifest_key_retired');

  federation.signHeads([third, other], { key: fresh });
  t.is(await code({}), 'manifest_key_retired', 'a later version is named, and nothing joins it');
  t.is(await code({ later: [] }), 'history_missing');
  const fork = await federation.publish({ before: second, files: files('fork') });
  t.is(await code({ later: [fork.statement] }), 'history_broken');
  const joined: Evidence = { ...(await federation.evidenceOf(second)), later: [third.statement] };
  const verdict = verifyEvidence(parseEvidence(JSON.parse(JSON.stringify(joined))), noPins(), PORTAL);
  t.deepEqual(verdict.current, { verdict: 'superseded', newest_version: 3 });
  t.notThrows(() => verifyEvidence({ ...joined, heads: null }, verdict.pins, PORTAL), 'what was accepted once stays so');
});

test('without new heads, freshness counts from what the producer signed, however the portal dates its log', async (t) => {
  const { federation, first, evidence } = await published();
  const { pins } = verifyEvidence(evidence, noPins(), PORTAL);
  t.is(pins.marks[0]?.current_until, '2026-03-02T09:00:00Z');
  const later = new Date(NOW.getTime() + 200 * 86_400_000);
  const at = federation.log.append({ type: 'manifest.publish', subject: first.digest, dataset_id: first.manifest.dataset_id, version: 1, at: later.toISOString() });
  const again = { ...(await federation.evidenceOf({ ...first, act_index: at })), heads: null };
  const remembered = verifyEvidence(again, pins, { ...PORTAL, now: later });
  t.deepEqual(remembered.current, { verdict: 'freshness_unknown', since: '2026-03-02T09:00:00Z' });
  t.is(remembered.pins.marks[0]?.current_until, '2026-03-02T09:00:00Z');
  t.deepEqual(verifyEvidence(again, noPins(), { ...PORTAL, now: later }).current, { verdict: 'freshness_unknown', since: first.manifest.issued_at });
  federation.rotateManifestKey();
  federation.signHeads([first], { seq: 9, issued_at: '2026-09-16T09:00:00Z', expires_at: '2026-09-17T09:00:00Z' });
  const stolen = verifyEvidence(await federation.evidenceOf(first), pins, { ...PORTAL, now: later });
  t.deepEqual(stolen.current, { verdict: 'freshness_unknown', since: '2026-03-02T09:00:00Z' }, 'heads by a replaced key make nothing fresher');
  t.is(stolen.pins.producers[0]?.heads_seq, 1, 'and their number shuts nobody out');
});

test('key sets seen before can only grow', async (t) => {
  const { federation, first, evidence } = await published();
  const before = verifyEvidence(evidence, noPins(), PORTAL).pins;
  federation.rotateManifestKey();
  const grown = await federation.evidenceOf(first);
  const after = verifyEvidence(grown, before, PORTAL).pins;
  t.is(after.producers[0]?.key_sets.length, 2);
  t.is(verifyEvidence(grown, before, PORTAL).current.verdict, 'freshness_unknown', 'heads by a key that was replaced are no word of today');
  t.is(refusal(() => verifyEvidence(evidence, after, PORTAL)).code, 'producer_keys_shorter');
  t.notThrows(() => verifyEvidence(evidence, after, { ...PORTAL, saved: true }), 'evidence of then may end where the chain ended then');

  const forked: Pins = { ...after, producers: after.producers.map((pin) => ({ ...pin, key_sets: [pin.key_sets[0] ?? 'sha256:', `sha256:${'A'.repeat(43)}`] })) };
  t.is(refusal(() => verifyEvidence(grown, forked, PORTAL)).code, 'producer_keys_forked');
  t.is(refusal(() => verifyEvidence(grown, forked, { ...PORTAL, saved: true })).code, 'producer_keys_forked');
  const portalForked: Pins = { ...after, portals: after.portals.map((pin) => ({ ...pin, key_sets: [`sha256:${'A'.repeat(43)}`] })) };
  t.is(refusal(() => verifyEvidence(grown, portalForked, PORTAL)).code, 'portal_keys_forked');
  const portalLonger: Pins = { ...after, portals: after.portals.map((pin) => ({ ...pin, key_sets: [...pin.key_sets, `sha256:${'A'.repeat(43)}`] })) };
  t.is(refusal(() => verifyEvidence(grown, portalLonger, PORTAL)).code, 'portal_keys_shorter');
});

test('heads: signed by the right key, of this producer, not older than seen, believed for a day', async (t) => {
  const { federation, first, other } = await published();
  const code = async (): Promise<ClientErrorCode> => {
    const evidence = await federation.evidenceOf(first);
    return refusal(() => verifyEvidence(evidence, noPins(), PORTAL)).code;
  };
  federation.signHeads([first, other], { key: federation.producer.api });
  t.is(await code(), 'heads_refused');
  federation.signHeads([first, other], { expires_at: '2026-03-09T09:00:00Z' });
  t.is(await code(), 'heads_refused', 'no more than a day');
  federation.signHeads([first, other], { seq: 5 });
  const { pins } = verifyEvidence(await federation.evidenceOf(first), noPins(), PORTAL);
  federation.signHeads([first, other], { seq: 4 });
  const older = await federation.evidenceOf(first);
  t.is(refusal(() => verifyEvidence(older, pins, PORTAL)).code, 'heads_rolled_back');
  t.notThrows(() => verifyEvidence(older, pins, { ...PORTAL, saved: true }));
  federation.signHeads([first, other], { seq: 6, issued_at: '2026-03-01T18:00:00Z', expires_at: '2026-03-02T18:00:00Z' });
  t.is(verifyEvidence(await federation.evidenceOf(first), pins, PORTAL).current.verdict, 'freshness_unknown', 'not issued yet by our clock');
});

test('a log that shows two states of one size is forked', async (t) => {
  const { federation, evidence } = await published();
  const twin = createFakeLog(federation.log.origin, { log: federation.log, size: federation.log.size() - 1 });
  twin.append({ type: 'operator.act', subject: `sha256:${'A'.repeat(43)}` });
  const other = await twin.prove(1);
  t.is(refusal(() => verifyEvidence({ ...evidence, producer_key_acts: [other] }, noPins(), PORTAL)).code, 'log_forked');
});

test('contacts are verified, erased or altered', async (t) => {
  const federation = await createFakeFederation();
  const one = await federation.publish({ files: [{ name: 'f.csv', bytes: csv('1') }], person: true });
  const evidence = await federation.evidenceOf(one);
  const states = (served: Evidence['contacts']) => verifyEvidence({ ...evidence, contacts: served }, noPins(), PORTAL).contacts.map((contact) => contact.state);
  t.deepEqual(states(evidence.contacts), ['verified']);
  t.deepEqual(states([]), ['erased']);
  t.deepEqual(states(evidence.contacts.map((contact) => ({ ...contact, contact: { contact_name: 'Somebody else' } }))), ['altered']);
  t.deepEqual(states(evidence.contacts.map((contact) => ({ ...contact, salt: 'short' }))), ['altered']);
});

test('what is no evidence is refused before anything is verified', (t) => {
  for (const value of [null, 'text', [], {}, { dataset_id: 1 }]) t.is(refusal(() => parseEvidence(value)).code, 'evidence_malformed');
});
