import test from 'ava';
import {
  FORMAT_FAMILIES,
  formatFamily,
  formatLabel,
  inLanguage,
  isLicenceCode,
  isThemeCode,
  LICENCE_CODES,
  LICENCES,
  MEDIA_TYPES,
  mediaTypeOf,
  primaryLanguage,
  RUDI_LICENCE_CODES,
  THEME_CODES,
  usualExtension,
} from '#catalog-schema';
import { type Draft, sample, withSamples } from './samples.ts';

withSamples("the themes are RUDI's fourteen", (t) => {
  const { top_concepts } = sample('portal-skos-themes-keywords') as Draft;
  t.deepEqual([...THEME_CODES].sort(), top_concepts.map(({ concept_code }: Draft) => concept_code).sort());
  t.is(THEME_CODES.length, 14);
});

withSamples("RUDI's licences are all known", (t) => {
  const licences = (concepts: Draft[]): string[] =>
    concepts.flatMap(({ concept_code, concept_role, narrower_concepts }) => [...(concept_role === 'licence' ? [concept_code] : []), ...licences(narrower_concepts ?? [])]);
  const { top_concepts } = sample('portal-skos-licences') as Draft;
  t.deepEqual([...RUDI_LICENCE_CODES].sort(), licences(top_concepts).sort());
  t.true(RUDI_LICENCE_CODES.every(isLicenceCode));
});

test('a French administration is recommended the Licence Ouverte 2.0 and the ODbL, and nothing else', (t) => {
  t.deepEqual(LICENCE_CODES.filter((code) => LICENCES[code].recommended), ['etalab-2.0', 'odbl-1.0']);
  t.false(LICENCES['cc-by-nd-4.0'].open);
  for (const code of LICENCE_CODES) t.true(URL.canParse(LICENCES[code].url) && LICENCES[code].fr !== '' && LICENCES[code].en !== '', code);
});

test('names of objects are no codes', (t) => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    t.false(isThemeCode(name));
    t.false(isLicenceCode(name));
  }
});

test('a media type is found by the end of a name, whatever its case', (t) => {
  t.is(mediaTypeOf('stops.csv'), 'text/csv');
  t.is(mediaTypeOf('STOPS.GeoJSON'), 'application/geo+json');
  t.is(mediaTypeOf('a.tar.gz'), 'application/gzip');
  t.is(mediaTypeOf('stops.shp.zip'), 'application/zip');
  t.is(mediaTypeOf('README'), 'application/octet-stream');
  t.is(mediaTypeOf('x.unknown'), 'application/octet-stream');
  t.is(mediaTypeOf('x.constructor'), 'application/octet-stream');
});

test('no two media types claim one extension, and each has a family', (t) => {
  const extensions = [...MEDIA_TYPES.values()].flatMap((entry) => entry.extensions);
  t.is(new Set(extensions).size, extensions.length);
  for (const { family } of MEDIA_TYPES.values()) t.true(Object.hasOwn(FORMAT_FAMILIES, family));
});

test('a format has a short label and a family, also one nobody knows', (t) => {
  t.is(formatLabel('text/csv'), 'CSV');
  t.is(formatLabel('application/x-spss-sav'), 'SPSS-SAV');
  t.is(formatFamily('application/geo+json'), 'map');
  t.is(formatFamily('image/x-canon-cr2'), 'image');
  t.is(formatFamily('application/x-spss-sav'), 'other');
  t.is(usualExtension('image/jpeg'), '.jpg');
  t.is(usualExtension('application/x-spss-sav'), '');
});

test('a text is chosen by language, then French, then whatever there is', (t) => {
  const texts = [{ lang: 'en-GB', text: 'stops' }, { lang: 'fr-FR', text: 'arrêts' }];
  t.is(inLanguage(texts, 'en')?.text, 'stops');
  t.is(inLanguage(texts, 'br')?.text, 'arrêts');
  t.is(inLanguage([{ lang: 'de', text: 'Haltestellen' }], 'fr')?.text, 'Haltestellen');
  t.is(inLanguage([], 'fr'), undefined);
  t.is(primaryLanguage('FR-fr'), 'fr');
});
