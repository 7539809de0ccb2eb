import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientError } from '#client';
import { encodeBase64url, generateSigningKey, inclusionProof, leafHash, signCheckpoint, signStatement, utf8 } from '#crypto';
import { readAccessRequest } from '../../portal/client/access/access-request.ts';
import { readKeyPackage } from '../../portal/client/access/list-key-packages.ts';
import { readDatasetCard, readFacets } from '../../portal/client/catalogue/dataset-card.ts';
import { jsonLine, printable, shellWord } from '../../portal/client/command-line/printable.ts';
import { parseEvidence } from '../../portal/client/evidence/evidence.ts';
import { readBlindedLoggedAct, readLoggedAct } from '../../portal/client/evidence/logged-act.ts';
import { openHome, writeHomeFile } from '../../portal/client/home/home-folder.ts';
import { pinsInHome } from '../../portal/client/home/pin-store.ts';
import { readParcel } from '../../portal/client/resources/sealed-parcel.ts';
import * as answer from '../../portal/client/wire/answer.ts';
import { problemError } from '../../portal/client/wire/problem.ts';
import { longTexts, near, nearBytes, nearJson, type Parser, parser, sameJson } from './parser.ts';

const LONG = longTexts(100_000);
const UUID = '5f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6';
const PARTY = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

/** Every reader of what a portal answers, and of files that others could have written. `clean_up` removes what they made. */
export async function clientParsers(): Promise<{ parsers: Parser[]; clean_up: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-properties-client-'));
  const home = await openHome(join(folder, 'home'));
  const key = generateSigningKey();
  const statement = signStatement('dataset-manifest+jws', { v: 1 }, [key]);
  const leaf = utf8('{"v":1}');
  const proof = inclusionProof({ log_origin: 'portal.example/log', index: 0, size: 1, path: [], checkpoint: signCheckpoint({ origin: 'portal.example/log', size: 1, root: leafHash(leaf) }, key) });
  const act = { leaf: encodeBase64url(leaf), proof, blind_key: encodeBase64url(new Uint8Array(32)) };
  const digest = 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
  const evidence = {
    dataset_id: UUID, version: 2, manifest: statement, act: { leaf: act.leaf, proof }, producer_key_sets: [statement], producer_key_acts: [null], portal_key_sets: [statement],
    heads: { statement, entry: [UUID, 2, digest], entry_index: 0, path: [], size: 1 }, later: [statement], contacts: [{ contact_id: UUID, salt: 'AAAA', contact: null }],
  };
  const pack = { epoch: 1, form: 'age', package: 'AAAA', release: statement, act };
  const card = {
    dataset_id: UUID, title: 'Écoles', lang: 'fr', synopsis: [{ lang: 'fr', text: 'x' }], theme: null, keywords: ['a'], producer: { producer_id: PARTY, name: 'Ville' },
    access: 'open', custody: 'none', licence: null, formats: ['CSV'], version: 1, published_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z',
  };
  const request = { request_id: UUID, dataset_id: UUID, title: 'Écoles', state: 'submitted', created_at: '2026-01-01T00:00:00Z', decided_at: null, decision_note: null };
  const pins = {
    v: 1,
    portals: [{ portal_id: PARTY, portal_urls: ['https://data.example'], name: 'P', key_sets: [digest], confirmed_by: 'hand', pinned_at: '2026-01-01T00:00:00Z', checkpoint: { size: 1, root: PARTY } }],
    producers: [{ producer_id: PARTY, name: 'Ville', key_sets: [digest], confirmed_by: 'domain', pinned_at: '2026-01-01T00:00:00Z', key_set_places: [{ portal_id: PARTY, key_set: digest, index: 0 }], heads_seq: 1 }],
    marks: [{ dataset_id: UUID, producer_id: PARTY, version: 1, digest, seen_at: '2026-01-01T00:00:00Z', current_until: null }],
  };
  const parcel = { v: 1, evidence, resource_id: UUID, header: 'AAAA', grant: { statement, act }, package: pack };

  const gate = (name: string, example: unknown, run: (value: unknown) => unknown, holds: (read: never, value: unknown) => boolean = again(run)) =>
    parser({ name: `portal/client/${name}`, inputs: nearJson(example), run, refuses: ClientError, holds: holds as (read: unknown, value: unknown) => boolean });
  const member = (name: string, example: unknown, run: (object: answer.AnswerObject) => unknown) =>
    parser({ name: `portal/client/wire/answer.ts#${name}`, inputs: nearJson({ m: example }), run: (value) => run(answer.readObject(value, 'an answer')), refuses: ClientError, holds: (read, value) => sameJson(read ?? null, (value as { m?: unknown }).m ?? null) });

  return {
    clean_up: () => rm(folder, { recursive: true, force: true }),
    parsers: [
      gate('evidence/evidence.ts#parseEvidence', evidence, parseEvidence),
      gate('evidence/logged-act.ts#readLoggedAct', act, (value) => readLoggedAct(value)),
      gate('evidence/logged-act.ts#readBlindedLoggedAct', act, (value) => readBlindedLoggedAct(value)),
      gate('access/list-key-packages.ts#readKeyPackage', pack, readKeyPackage, (read: ReturnType<typeof readKeyPackage>, value) => encodeBase64url(read.bytes) === (value as typeof pack).package && read.epoch >= 0),
      gate('access/access-request.ts#readAccessRequest', request, readAccessRequest),
      gate('catalogue/dataset-card.ts#readDatasetCard', card, readDatasetCard),
      gate('catalogue/dataset-card.ts#readFacets', { theme: [{ value: 'environment', count: 2 }] }, readFacets, (read: ReturnType<typeof readFacets>) => sameJson(readFacets(read), read)),
      gate('wire/answer.ts#readObject', { a: 1 }, (value) => answer.readObject(value, 'an answer'), (read: answer.AnswerObject, value) => sameJson(read.members, value)),
      gate('wire/answer.ts#readStatement', statement, (value) => answer.readStatement(value, 'a statement')),
      member('readText', 'x', (object) => answer.readText(object, 'm')),
      member('readId', UUID, (object) => answer.readId(object, 'm', (text) => { if (text.length > 40) throw new Error('no id'); return text; })),
      member('readOptionalText', null, (object) => answer.readOptionalText(object, 'm')),
      member('readCount', 3, (object) => answer.readCount(object, 'm')),
      member('readList', [1, 'a'], (object) => answer.readList(object, 'm', (value) => value, 10)),
      member('readTexts', ['a', 'b'], (object) => answer.readTexts(object, 'm')),
      member('readWord', 'open', (object) => answer.readWord(object, 'm', ['open', 'restricted'])),
      member('readDigest', digest, (object) => answer.readDigest(object, 'm')),
      parser({ name: 'portal/client/wire/problem.ts#problemError', inputs: nearBytes(utf8('{"type":"about:blank","title":"x","status":409,"detail":"y","code":"conflict","issues":[{"pointer":"/a","message":"b."}]}'), utf8('<html>502</html>')), run: (bytes) => problemError(409, bytes, new Headers()), refuses: null, holds: (error) => error instanceof ClientError && error.detail.length > 0 }),
      parser({
        name: 'portal/client/home/pin-store.ts#pinsInHome', inputs: near(JSON.stringify(pins)), runs: 60, refuses: ClientError,
        run: async (text) => { await writeHomeFile(home, 'pins.json', text.toWellFormed()); return pinsInHome(home).load(); },
        // Either all that was pinned is read, or nothing is: never a part.
        holds: (read, text) => read.portals.length === (JSON.parse(text) as typeof pins).portals.length && read.marks.length === (JSON.parse(text) as typeof pins).marks.length,
      }),
      parser({
        name: 'portal/client/resources/sealed-parcel.ts#readParcel', inputs: near(JSON.stringify(parcel)), runs: 60, refuses: ClientError,
        run: async (text) => { await writeFile(join(folder, 'x.sceau.json'), text); return readParcel(join(folder, 'x.sceau.json')); },
        holds: (read) => read !== undefined && sameJson(parseEvidence(read.evidence), read.evidence),
      }),
      ...[printable, shellWord].map((write) =>
        parser({ name: `portal/client/command-line/printable.ts#${write.name}`, inputs: near('un titre', '\u001b[2J', 'a\rb', '\u202e', '$(reboot)', "'; rm -rf"), run: write, refuses: null, holds: (text) => !/[\p{Cc}\p{Bidi_Control}]/u.test(text), baits: LONG }),
      ),
      parser({ name: 'portal/client/command-line/printable.ts#jsonLine', inputs: nearJson({ a: '\u001b[2J', b: '\u202e' }), run: (value) => ({ value: value ?? null, line: jsonLine(value ?? null) }), refuses: null, holds: ({ value, line }) => sameJson(JSON.parse(line), value) && !/[\p{Cc}\p{Bidi_Control}]/u.test(line) }),
    ],
  };
}

/** What a gate lets through, it lets through again unchanged: it keeps nothing that it did not check. */
function again(run: (value: unknown) => unknown): (read: unknown) => boolean {
  return (read) => sameJson(run(JSON.parse(JSON.stringify(read))), read);
}
