import type { RudiMetadata, TextEntry } from './generated/rudi-metadata.ts';
import { readDate } from './rudi/date-reading.ts';
import { readLicence } from './rudi/licence-reading.ts';
import { RULES, type RuleName } from './rudi/rules.ts';
import { gdprSensitiveButOpen } from './rudi/rules/conditions.ts';
import { isPossibleBox, periodReversed } from './rudi/rules/description.ts';
import { themeOfLabel } from './rudi/theme-of-label.ts';
import { primaryLanguage } from './vocabularies/languages.ts';
import type { LicenceCode } from './vocabularies/licences.ts';
import { isThemeCode, type ThemeCode } from './vocabularies/themes.ts';

/** A text with its language tag. */
export interface LocalText {
  lang: string;
  text: string;
}

/** What a catalogue shows and searches of a dataset: a reading of its metadata, never signed. Times are RFC 3339 UTC, the box is WGS 84. */
export interface CatalogueView {
  title: string;
  /** language of the title: primary tag of the first text */
  lang: string;
  synopsis: LocalText[];
  summary: LocalText[];
  theme: ThemeCode | null;
  keywords: string[];
  producer_name: string;
  licence: LicenceCode | 'custom' | null;
  licence_label?: string;
  licence_url?: string;
  languages: string[];
  created_at: string | null;
  updated_at: string | null;
  period: { start_at: string | null; end_at: string | null } | null;
  /** west, south, east, north in degrees; west > east means that the box crosses the antimeridian */
  bbox: [number, number, number, number] | null;
  storage_status: string;
  restricted: boolean;
  gdpr_sensitive: boolean;
  contact_ids: string[];
  local_id: string | null;
}

/** Reads a record into the view and names every tolerance that took, in the order of `RULES`; the record stays as it is. */
export function normaliseRudi(record: RudiMetadata): { view: CatalogueView; rules: RuleName[] } {
  const rules = RULES.filter((rule) => rule.applies(record)).map((rule) => rule.name);
  return { view: viewOf(record), rules };
}

function viewOf(record: RudiMetadata): CatalogueView {
  const { access_condition, dataset_dates, temporal_spread: span, geography } = record;
  const languages = record.resource_languages === undefined || record.resource_languages.length === 0 ? ['fr'] : record.resource_languages;
  const firstLanguage = languages[0] ?? 'fr';
  const lang = primaryLanguage(record.synopsis[0]?.lang ?? firstLanguage);
  const { licence, label, url } = readLicence(access_condition.licence, lang);
  const created_at = readDate(dataset_dates.created);
  const start_at = span === undefined ? null : readDate(span.start_date);
  const end_at = span?.end_date === undefined ? null : readDate(span.end_date);
  const box = geography?.bounding_box;
  return {
    title: record.resource_title.normalize('NFC').trim(),
    lang,
    synopsis: texts(record.synopsis, firstLanguage),
    summary: texts(record.summary, firstLanguage),
    theme: isThemeCode(record.theme) ? record.theme : (themeOfLabel(record.theme) ?? null),
    keywords: keywordsOf(record.keywords),
    producer_name: record.producer.organization_name.normalize('NFC').trim(),
    licence,
    ...(label === undefined ? {} : { licence_label: label }),
    ...(url === undefined ? {} : { licence_url: url }),
    languages: [...new Set(languages)],
    created_at,
    updated_at: dataset_dates.updated === undefined ? created_at : readDate(dataset_dates.updated),
    period: span === undefined || periodReversed.applies(record) ? null : { start_at, end_at },
    bbox:
      box !== undefined && isPossibleBox(box) ? [box.west_longitude, box.south_latitude, box.east_longitude, box.north_latitude] : null,
    storage_status: record.storage_status === 'pending' ? 'unavailable' : record.storage_status,
    restricted: access_condition.confidentiality?.restricted_access === true || gdprSensitiveButOpen.applies(record),
    gdpr_sensitive: access_condition.confidentiality?.gdpr_sensitive === true,
    contact_ids: [...new Set(record.contacts.map(({ contact_id }) => contact_id.toLowerCase()))],
    local_id: record.local_id ?? null,
  };
}

function texts(entries: readonly TextEntry[], firstLanguage: string): LocalText[] {
  return entries.map(({ lang = firstLanguage, text }) => ({ lang, text: text.normalize('NFC').trim() }));
}

function keywordsOf(keywords: readonly string[]): string[] {
  const [only] = keywords;
  const separate = keywords.length === 1 && only !== undefined ? only.split(/[,;]/) : keywords;
  const seen = new Map<string, string>();
  for (const keyword of separate) {
    const text = keyword.normalize('NFC').trim();
    const key = text.toLowerCase();
    if (text !== '' && !seen.has(key)) seen.set(key, text);
  }
  return [...seen.values()];
}
