import { normaliseRudi, parseConsumerId, parseDatasetId, parseGrantId, parseProducerId, parseRequestId, parseResourceId, parseRudiMetadata, resourcesFromRudi, SchemaError, type SchemaName } from '#catalog-schema';
import { isDateTime, isEmail, isIsoDate, isUri } from '../../catalog-schema/formats.ts';
import { readDate } from '../../catalog-schema/rudi/date-reading.ts';
import { readLicence } from '../../catalog-schema/rudi/licence-reading.ts';
import { readFileType } from '../../catalog-schema/rudi/rules/media.ts';
import { readUrl } from '../../catalog-schema/rudi/url-reading.ts';
import { GATES } from '../catalog-schema/gates.ts';
import { example } from '../catalog-schema/samples.ts';
import { answers, longTexts, near, nearJson, type Parser, parser, sameJson } from './parser.ts';

const LONG = longTexts(100_000);
const UUID = '5f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6';
const PARTY = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

/** Every gate of `catalog-schema/`, and the readings of RUDI records. */
export function schemaParsers(): Parser[] {
  const ids: readonly (readonly [string, (text: string) => string, string])[] = [
    ['parseDatasetId', parseDatasetId, UUID],
    ['parseResourceId', parseResourceId, UUID],
    ['parseGrantId', parseGrantId, UUID],
    ['parseRequestId', parseRequestId, UUID],
    ['parseProducerId', parseProducerId, PARTY],
    ['parseConsumerId', parseConsumerId, PARTY],
  ];
  const gateFile = (name: SchemaName): string => ({ 'rudi-metadata': 'parse-rudi-metadata.ts#parseRudiMetadata', 'rudi-as-specified': 'parse-rudi-as-specified.ts#parseRudiAsSpecified' } as Record<string, string>)[name] ?? `parse-${name.replace(/-keys$/, '-key-set')}.ts#parse${name.replace(/-keys$/, '-key-set').replaceAll(/(?:^|-)([a-z])/g, (_all, letter: string) => letter.toUpperCase())}`;
  const reading = (name: string, examples: string[], run: (text: string) => unknown, holds: (answer: never, input: string) => boolean) =>
    parser({ name: `catalog-schema/${name}`, inputs: near(...examples), run, refuses: null, holds: holds as (answer: unknown, input: string) => boolean, baits: LONG });
  return [
    ...ids.map(([name, run, good]) => parser({ name: `catalog-schema/ids.ts#${name}`, inputs: near(good), run, refuses: SchemaError, holds: (id, input) => id === input, baits: LONG })),
    // What a gate lets through is the very value that it was given.
    ...GATES.map(([name, gate]) => parser({ name: `catalog-schema/${gateFile(name)}`, inputs: nearJson(example(name)), run: gate, refuses: SchemaError, holds: (answer, input) => answer === input, runs: 100 })),
    parser({
      name: 'catalog-schema/normalise-rudi.ts#normaliseRudi', inputs: nearJson(example('rudi-metadata')), refuses: SchemaError, runs: 200,
      run: (input) => {
        const before = JSON.stringify(input);
        const record = parseRudiMetadata(input);
        return { view: normaliseRudi(record).view, resources: resourcesFromRudi(record), before, after: JSON.stringify(record) };
      },
      holds: ({ view, resources, before, after }) => before === after && typeof view.title === 'string' && Array.isArray(resources),
    }),
    reading('rudi/date-reading.ts#readDate', ['2024-01-02', '2024-01-02T03:04:05,6+01', '2024-01-02T03:04Z'], readDate, (date: string | null) => date === null || readDate(date) === date),
    reading('rudi/url-reading.ts#readUrl', ['https://data.example/a?b=c', 'data.example/x', 'HTTP://u:p@host/é b', 'javascript:alert(1)', 'http://[::1]/'], readUrl, ({ url }: { url?: string }) => url === undefined || (/^(https?|ftp):\/\/[^\s@/?#]+/.test(url) && readUrl(url).url === url)),
    reading('rudi/rules/media.ts#readFileType', ['text/csv', 'Application/JSON; charset=utf-8', 'csv'], readFileType, (type: string) => readFileType(type) === type),
    parser({
      name: 'catalog-schema/rudi/licence-reading.ts#readLicence',
      inputs: near('https://www.etalab.gouv.fr/licence-ouverte-open-licence', 'Licence Ouverte', 'ODbL', 'licence inconnue').map((text) => ({ licence_type: 'CUSTOM' as const, custom_licence_label: [{ lang: 'fr' as const, text }], custom_licence_uri: text })),
      run: (licence) => readLicence(licence, 'fr'), refuses: null,
      holds: ({ url }) => url === undefined || /^(https?|ftp):\/\//.test(url),
    }),
    reading('formats.ts#isDateTime', ['2024-02-29T23:59:59Z', '2023-02-29T00:00:00+01:00'], isDateTime, (good: boolean, input) => !good || !Number.isNaN(Date.parse(input))),
    reading('formats.ts#isIsoDate', ['2024-02-29', '2024-02-29T10:00+02'], isIsoDate, answers),
    reading('formats.ts#isUri', ['https://data.example/', 'urn:x:y'], isUri, (good: boolean, input) => good === URL.canParse(input)),
    reading('formats.ts#isEmail', ['name@example.org', 'é@example.org', 'a..b@example.org'], isEmail, (good: boolean, input) => !good || (/^[^\s<>"(),:;\\[\]]+$/.test(input) && sameJson(input.split('@').length, 2))),
  ];
}
