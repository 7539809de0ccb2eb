import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readUnverifiedPayload, statementDigest, utf8 } from '#crypto';
import { readConsumerId, readDays, readFrom, readMailDomain, readNoteOption, readRequestId, readUntil } from '../../producer-node/commands/access-options.ts';
import { readDigits } from '../../producer-node/commands/read-digits.ts';
import { readDatasetOption, readDescriptionOptions, readEmail } from '../../producer-node/commands/publish-options.ts';
import { jsonText, printable } from '../../producer-node/commands/printable.ts';
import { countRows, csvShape, parseRows } from '../../producer-node/datasets/csv-table.ts';
import { describeFile } from '../../producer-node/datasets/describe-file.ts';
import { periodOfText, readDay, readPeriod } from '../../producer-node/datasets/find-period.ts';
import { jsonShape, rowsOfObjects } from '../../producer-node/datasets/json-shape.ts';
import { readRecords } from '../../producer-node/datasets/read-records.ts';
import { sniffBinary } from '../../producer-node/datasets/sniff-media-type.ts';
import { decodeText, encodingOfSample } from '../../producer-node/datasets/text-encoding.ts';
import { readAnswer } from '../../producer-node/delivery/portal-answers.ts';
import { readProblem } from '../../producer-node/delivery/portal-problem.ts';
import { NodeError } from '../../producer-node/errors.ts';
import { missing, newProposal, parseProposal, proposalText, withSignature } from '../../producer-node/keys/key-proposal.ts';
import { makeProducerKeys } from '../support/portal-cast.ts';
import { longTexts, near, nearBytes, nearJson, type Parser, parser, sameJson } from './parser.ts';

const LONG = longTexts(100_000);
const TODAY = new Date('2026-03-01T12:00:00Z');
const LATER = new Date('2027-03-01T12:00:00Z');
const CSV = 'nom;date;x\n"École; du ""Port""";2024-01-02;1\nVille;02/01/2024;-1,5\n';
const GEOJSON = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { nom: 'a', date: '2024-01-01' }, geometry: { type: 'Point', coordinates: [-1.6, 48.1] } }] };

/** Every reader of foreign bytes of a node: files of whatever kind, and answers of a portal. `clean_up` removes what they made. */
export async function nodeParsers(): Promise<{ parsers: Parser[]; clean_up: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-properties-node-'));
  const written = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  const { key_set, keys } = await makeProducerKeys(TODAY, 'Ville');
  const next = { ...(readUnverifiedPayload(key_set) as Record<string, unknown>), version: 2, prev: statementDigest(key_set) };
  const proposal_text = proposalText(withSignature(newProposal([key_set], next), keys.root));
  const day = (found: { first: string; last: string } | undefined): boolean => found === undefined || (found.first <= found.last && [found.first, found.last].every((text) => new Date(text).toISOString().startsWith(text)));
  const text = (name: string, examples: string[], run: (input: string) => unknown, holds: (answer: never, input: string) => boolean, refuses: Parser['refuses'] = null) =>
    parser({ name: `producer-node/${name}`, inputs: near(...examples), run, refuses, holds: holds as (answer: unknown, input: string) => boolean, baits: LONG });
  return {
    clean_up: () => rm(folder, { recursive: true, force: true }),
    parsers: [
      text('datasets/csv-table.ts#parseRows', [CSV, '"', 'a,"b\n'], (input) => parseRows(input, ';', 200), (rows: string[][]) => rows.length <= 200 && rows.every((row) => row.every((cell) => typeof cell === 'string'))),
      text('datasets/csv-table.ts#csvShape', [CSV, 'a,b\n1,2\n', 'a\tb\n1\t2'], (input) => csvShape(input, false), (shape: ReturnType<typeof csvShape>) => shape === undefined || (shape.width >= 2 && (shape.columns.length === 0 || shape.columns.length === shape.width))),
      text('datasets/csv-table.ts#countRows', [CSV, 'a\r\nb\r\n', '"a\n"\nb'], (input) => { const rows = countRows(';'); rows.update(utf8(input)); return rows.finish(); }, (rows: number, input) => rows >= 0 && rows <= input.length),
      text('datasets/find-period.ts#readDay', ['2024-02-29', '29/02/2023', '2024-13', '2024'], (input) => readDay(input, true), day),
      text('datasets/find-period.ts#readPeriod', ['2024', '2019/2021', '2024-01-01/2024-12-31', '2021/2019'], readPeriod, (period: ReturnType<typeof readPeriod>) => period === undefined || period.start_at <= period.end_at),
      text('datasets/find-period.ts#periodOfText', ['budget-2024.csv', '2019-2021', '120245'], periodOfText, (period: ReturnType<typeof periodOfText>) => period === undefined || period.start_at <= period.end_at),
      parser({ name: 'producer-node/datasets/text-encoding.ts#encodingOfSample', inputs: nearBytes(utf8(CSV), new Uint8Array([0xff, 0xfe, 0x41, 0]), new Uint8Array([0xe9, 0x0a])), run: encodingOfSample, refuses: null, holds: (encoding) => encoding === undefined || ['UTF-8', 'UTF-8 (BOM)', 'UTF-16', 'ISO-8859-1', 'Windows-1252'].includes(encoding) }),
      parser({ name: 'producer-node/datasets/text-encoding.ts#decodeText', inputs: fc.tuple(nearBytes(utf8(CSV)), fc.constantFrom('UTF-8' as const, 'UTF-16' as const, 'Windows-1252' as const)), run: ([bytes, encoding]) => decodeText(bytes, encoding), refuses: null, holds: (read) => read.isWellFormed() }),
      parser({ name: 'producer-node/datasets/json-shape.ts#jsonShape', inputs: nearJson(GEOJSON, [{ a: 1 }]), run: jsonShape, refuses: null, holds: ({ bbox, columns }) => columns.every((column) => typeof column === 'string') && (bbox === undefined || (bbox[1] <= bbox[3] && bbox.every(Number.isFinite))) }),
      parser({ name: 'producer-node/datasets/json-shape.ts#rowsOfObjects', inputs: nearJson(GEOJSON, [{ nom: 1 }]), run: (value) => rowsOfObjects(value, ['nom', 'toString', '__proto__']), refuses: null, holds: (rows) => rows.every((row) => row.length === 3 && row[1] === '') }),
      parser({ name: 'producer-node/datasets/sniff-media-type.ts#sniffBinary', inputs: nearBytes(new Uint8Array([0x50, 0x4b, 3, 4]), new Uint8Array([0xff, 0xd8, 0xff])), run: (bytes) => sniffBinary(bytes, 'x.xlsx'), refuses: null, holds: (type) => /^[a-z]+\/[a-z0-9.+-]+$/.test(type) }),
      ...['a.csv', 'a.json', 'a.geojson', 'a.dat', 'a.xlsx'].map((name) =>
        parser({
          name: `producer-node/datasets/describe-file.ts#describeFile (${name})`, runs: 40, refuses: NodeError,
          inputs: nearBytes(utf8(CSV), utf8(JSON.stringify(GEOJSON)), new Uint8Array([0xff, 0xfe, 0x41, 0, 0x3b, 0])),
          run: async (bytes) => describeFile(await written(name, bytes)),
          holds: (told, bytes) => told.size === bytes.length && (told.records ?? 0) <= bytes.length,
        }),
      ),
      parser({ name: 'producer-node/datasets/read-records.ts#readRecords', inputs: near('[{"global_id":"x"}]', '{"items":[{}]}', '\ufeff[1]'), runs: 60, run: async (input) => readRecords(await written('records.json', input.toWellFormed())), refuses: NodeError, holds: (records) => records.length > 0 }),
      parser({ name: 'producer-node/delivery/portal-answers.ts#readAnswer', inputs: nearJson({ text: 'x', integer: 1, list: [], bool: true }), run: (json) => { const read = readAnswer(json, 'https://data.example'); return { text: read.text('text'), integer: read.integer('integer'), list: read.list('list'), bool: read.bool('bool') }; }, refuses: NodeError, holds: (read, json) => sameJson(read.text, (json as typeof read).text) && Number.isSafeInteger(read.integer) }),
      parser({ name: 'producer-node/delivery/portal-problem.ts#readProblem', inputs: nearJson({ title: 'x', detail: 'y', code: 'conflict', reason: 'z', issues: [{ pointer: '/a', message: 'b' }] }), run: (json) => readProblem(409, json), refuses: null, holds: (problem) => problem.status === 409 && typeof problem.detail === 'string' }),
      parser({ name: 'producer-node/keys/key-proposal.ts#parseProposal', runs: 60, refuses: NodeError, inputs: nearBytes(utf8(proposal_text)), run: parseProposal, holds: (proposal) => proposal.next.version === proposal.chain.length + 1 && missing(proposal).present >= 0 && sameJson(JSON.parse(proposalText(parseProposal(utf8(proposalText(proposal))))), JSON.parse(proposalText(proposal))) }),
      text('commands/publish-options.ts#readDatasetOption', [' 5F0C2E1A-3b4d-4c5e-8f60-718293a4b5c6 '], readDatasetOption, (id: string) => readDatasetOption(id) === id, NodeError),
      text('commands/access-options.ts#readRequestId', [' 5F0C2E1A-3b4d-4c5e-8f60-718293a4b5c6 '], readRequestId, (id: string) => readRequestId(id) === id, NodeError),
      text('commands/access-options.ts#readConsumerId', ['H1qum1QjH0F0jgqVHCkPq4zYEL4UyJeu-7Mlr9TpfhY'], readConsumerId, (id: string) => readConsumerId(id) === id, NodeError),
      text('commands/access-options.ts#readUntil', ['2026-06-30', '90', '1830'], (input) => readUntil(input, TODAY), (time: Date) => time > TODAY && time.getTime() < TODAY.getTime() + 6 * 366 * 86_400_000, NodeError),
      text('commands/access-options.ts#readFrom', ['2026-06-30', '2020-01-01'], (input) => readFrom(input, { now: TODAY, ends_at: LATER }), (time: Date) => time >= TODAY && time < LATER, NodeError),
      text('commands/access-options.ts#readNoteOption', ['Bonne étude.'], (input) => readNoteOption('--note', input, { needed: true }), (note: string) => note === note.trim() && note.length > 0 && note.length <= 2000, NodeError),
      text('commands/access-options.ts#readDays', ['90', '1830', '0'], readDays, (days: number) => Number.isInteger(days) && days >= 1 && days <= 1830, NodeError),
      text('commands/access-options.ts#readMailDomain', ['@Universite.example', 'a-b.c.fr'], readMailDomain, (domain: string) => readMailDomain(domain) === domain, NodeError),
      text('commands/read-digits.ts#readDigits', ['01234 56789 01234 56789 01234 56789', '012345678901234567890123456789'], readDigits, (digits: string) => readDigits(digits) === digits, NodeError),
      text('commands/publish-options.ts#readEmail', ['name@example.org'], (input) => readEmail('--contact-email', input), (email: string) => readEmail('--contact-email', email) === email, NodeError),
      parser({
        name: 'producer-node/commands/publish-options.ts#readDescriptionOptions', refuses: NodeError, runs: 600,
        inputs: fc.record({ title: near('Écoles'), period: near('2024', '2019/2021', 'none'), bbox: near('-1.80,48.05,-1.55,48.17', '1e9,0,0,0'), theme: fc.constantFrom('environment', '__proto__'), licence: fc.constantFrom('etalab-2.0', 'constructor'), language: fc.constantFrom('fr', 'toString') }, { requiredKeys: [] }),
        run: (options) => readDescriptionOptions({ ...options, deliver: true }, 'Ville'),
        holds: ({ said }) => (said.bbox === undefined || said.bbox.every((degrees) => Math.abs(degrees) <= 180)) && (said.title === undefined || said.title.trim() === said.title),
      }),
      text('commands/printable.ts#printable', ['un titre', '\u001b[2J', '\u202e'], printable, (shown: string) => !/(?![\t\n])[\p{Cc}\p{Bidi_Control}]/u.test(shown)),
      parser({ name: 'producer-node/commands/printable.ts#jsonText', inputs: nearJson({ a: '\u001b[2J' }), run: (value) => ({ value: value ?? null, line: jsonText(value ?? null) }), refuses: null, holds: ({ value, line }) => sameJson(JSON.parse(line), value) && !/(?!\n)[\p{Cc}\p{Bidi_Control}]/u.test(line) }),
    ],
  };
}
