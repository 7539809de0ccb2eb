import fc from 'fast-check';
import { CryptoError, generateSigningKey, signStatement } from '#crypto';
import { createSoftwareAuthenticator } from '../../deploy/demo/software-authenticator.ts';
import { listCursor, readListPage } from '../../portal/access/list-cursor.ts';
import { readEnd, readNote } from '../../portal/access/read-decision.ts';
import { matchesEtag, readRange } from '../../portal/catalog/resources/byte-range.ts';
import { attachment } from '../../portal/catalog/resources/content-disposition.ts';
import { readPublishInput } from '../../portal/catalog/publish/read-publish-input.ts';
import { readCursor, writeCursor } from '../../portal/catalog/search/search-cursor.ts';
import { parseSearchQuery, type SearchQuery } from '../../portal/catalog/search/search-query.ts';
import { PortalError } from '../../portal/errors.ts';
import { requireText } from '../../portal/fields.ts';
import { integerParameter } from '../../portal/http/parameters.ts';
import { parseEmail } from '../../portal/parties/email-address.ts';
import { readCode } from '../../portal/parties/one-time-secret.ts';
import { readAnswer } from '../../portal/parties/passkeys/read-answer.ts';
import { chooseLanguage } from '../../portal/web/language.ts';
import { searchQueryOf, stateOf } from '../../portal/web/search-address.ts';
import { longTexts, near, nearJson, type Parser, parser, sameJson } from './parser.ts';

const LONG = longTexts(100_000);
const UUID = '5f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6';
const LIST = ['requests', 'consumer', UUID];

const search = (sort: SearchQuery['sort'], cursor: string | null): SearchQuery => ({
  q: sort === 'relevance' ? 'eau' : '', filters: { theme: [], producer: [], access: [], format: [], licence: [] }, sort, cursor, limit: 20,
});

// Near the cursor, and near the JSON inside: who writes one by hand encodes it properly.
const nearCursor = (cursor: string) => fc.oneof(near(cursor), near(Buffer.from(cursor, 'base64url').toString()).map((text) => Buffer.from(text).toString('base64url')));

/** Every reader of foreign bytes of the portal that needs no database. */
export function portalParsers(): Parser[] {
  const key = generateSigningKey();
  const device = createSoftwareAuthenticator('https://portail.example');
  const places = [
    ['relevance', 0.25],
    ['updated', '2026-11-24T12:00:00.000Z'],
    ['title', 'Écoles'],
  ] as const;
  const published = {
    manifest: signStatement('dataset-manifest+jws', { v: 1 }, [key]),
    headers: [{ resource_id: UUID, header: 'AAAA' }],
    deposits: [{ statement: signStatement('key-deposit+jws', { v: 1 }, [key]), deposit: 'AAAA' }],
    recovery: [{ epoch: 1, sealed: 'AAAA' }],
    contacts: [{ contact_id: UUID, salt: 'AAAA', contact: { contact_name: 'Service' } }],
  };
  return [
    parser({ name: 'portal/catalog/resources/byte-range.ts#readRange', inputs: near('bytes=0-499', 'bytes=-5', 'bytes=5-', 'bytes=0-0,5-6', 'items=1-2', 'bytes=999999999999999-'), run: (field) => readRange(field, 1000), refuses: null, holds: (range) => range === undefined || range === 'unsatisfiable' || (0 <= range.start && range.start < range.end && range.end <= 1000), baits: LONG }),
    parser({ name: 'portal/catalog/resources/byte-range.ts#matchesEtag', inputs: near('"abc"', 'W/"abc", "def"', '*'), run: (field) => matchesEtag(field, '"abc"'), refuses: null, holds: (matches, field) => !matches || field.includes('"abc"') || field.trim() === '*', baits: LONG }),
    parser({ name: 'portal/catalog/resources/content-disposition.ts#attachment', inputs: near('écoles.csv', '../../etc/passwd', 'a"b\r\nSet-Cookie: x=1.csv', 'rapport\u202egpj.exe', 'a%22;filename=x'), run: attachment, refuses: null, holds: (field) => /^attachment; filename="[\x20-\x24\x26-\x2e\x30-\x5b\x5d-\x7e]*"(?:; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*)?$/.test(field) && (field.match(/"/g) ?? []).length === 2 && !/%(?:2F|5C|0[0-9A-F]|1[0-9A-F]|7F)/.test(field), baits: LONG }),
    ...places.map(([sort, at]) =>
      parser({
        name: `portal/catalog/search/search-cursor.ts#readCursor (${sort})`,
        inputs: nearCursor(writeCursor(search(sort, null), { key: at, dataset_id: UUID })),
        run: (cursor) => readCursor(search(sort, cursor)), refuses: PortalError,
        holds: (place, cursor) => place !== null && writeCursor(search(sort, null), place) === cursor, baits: LONG,
      }),
    ),
    parser({
      name: 'portal/parties/passkeys/read-answer.ts#readAnswer',
      inputs: near(device.create({ challenge: 'AAAA', rp: { id: 'portail.example' } }), device.get({ challenge: 'AAAA', rpId: 'portail.example' })),
      run: readAnswer, refuses: PortalError,
      holds: ({ id, client, response }, text) => JSON.parse(text).id === id && JSON.parse(Buffer.from(response['clientDataJSON'] ?? '', 'base64url').toString()).challenge === client.challenge,
      baits: LONG,
    }),
    parser({ name: 'portal/access/list-cursor.ts#readListPage', inputs: nearCursor(listCursor(LIST, { open: true, created_at: new Date('2026-11-24T12:00:00Z'), id: UUID }) ?? ''), run: (cursor) => readListPage(new URLSearchParams({ cursor }), LIST), refuses: PortalError, holds: (page, cursor) => listCursor(LIST, page.after) === cursor, baits: LONG }),
    parser({
      name: 'portal/catalog/search/search-query.ts#parseSearchQuery',
      inputs: near('q=eau&theme=environment&access=open&sort=title&limit=20', 'format=CSV&format=GeoJSON&licence=odbl-1.0', 'q=%00%20a&cursor=AA'),
      run: (text) => parseSearchQuery(new URLSearchParams(text)), refuses: PortalError,
      holds: (query) => {
        const again = parseSearchQuery(new URLSearchParams(searchQueryOf(stateOf(query))));
        return sameJson({ ...again, limit: 0 }, { ...query, limit: 0 }) && query.limit >= 1 && query.limit <= 100;
      },
      baits: LONG.map((text) => `q=${text}`),
    }),
    parser({ name: 'portal/http/parameters.ts#integerParameter', inputs: near('1', '100', '007', '9007199254740993'), run: (text) => integerParameter(new URLSearchParams({ n: text }), 'n', { min: 0, max: 100, fallback: 5 }), refuses: PortalError, holds: (value, text) => String(value) === text, baits: LONG }),
    parser({ name: 'portal/parties/email-address.ts#parseEmail', inputs: near('Name@Example.org', 'a+b@mail.example.org', 'a..b@example.org', 'a@b', 'x@example.org\nBcc: y@example.org'), run: (text) => parseEmail(text), refuses: PortalError, holds: (email) => parseEmail(email) === email && /^[\x21-\x7e]+$/.test(email), baits: LONG }),
    parser({ name: 'portal/parties/one-time-secret.ts#readCode', inputs: near('ABCD-1234', 'oIl0 o1l'), run: readCode, refuses: null, holds: (code) => readCode(code) === code, baits: LONG }),
    parser({ name: 'portal/fields.ts#requireText', inputs: near('un texte', 'a\nb', 'a\u202eb', ' '), run: (text) => requireText(text, '/x', { max: 50 }), refuses: PortalError, holds: (text) => text.length <= 50 && requireText(text, '/x', { max: 50 }) === text, baits: LONG }),
    parser({ name: 'portal/access/read-decision.ts#readNote', inputs: near('Bonjour,\nvoici.', ' ', 'a\u0000b', 'a\u202eb'), run: readNote, refuses: PortalError, holds: (note) => note === null || (readNote(note) === note && note.length <= 2000), baits: LONG }),
    parser({ name: 'portal/access/read-decision.ts#readEnd', inputs: near('2027-01-01T00:00:00Z', '2027-02-30', '+275760-09-13T00:00:00Z', '2020-01-01'), run: (text) => readEnd({ clock: { now: () => new Date('2026-11-24T12:00:00Z') } }, text), refuses: PortalError, holds: (end) => end > '2026-11-24T12' && end < '2031-12-31' && new Date(end).toISOString() === end, baits: LONG }),
    // Statements and encodings inside are refused by their own class, which the portal answers as it does its own.
    parser({ name: 'portal/catalog/publish/read-publish-input.ts#readPublishInput', inputs: nearJson(published), run: (body) => { try { return readPublishInput(body, { dataset_id: UUID, version: 1 }); } catch (cause) { throw cause instanceof CryptoError ? new PortalError('bad_request', cause.detail, { cause }) : cause; } }, refuses: PortalError, holds: (read, body) => sameJson(read.manifest, (body as typeof published).manifest) && read.dataset_id === UUID }),
    parser({ name: 'portal/web/language.ts#chooseLanguage', inputs: near('fr-FR,fr;q=0.9,en;q=0.8', 'en', '*;q=0', 'de;q=1.0000000001'), run: chooseLanguage, refuses: null, holds: (language) => language === 'fr' || language === 'en', baits: LONG }),
  ];
}
