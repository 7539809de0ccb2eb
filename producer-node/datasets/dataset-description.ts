import { createHash } from 'node:crypto';
import {
  buildRudiMetadata,
  isCommitted,
  isThemeCode,
  type LicenceCode,
  type LocalText,
  type Manifest,
  type NamedContact,
  normaliseRudi,
  parseDatasetId,
  type RudiMetadata,
  SchemaError,
  THEMES,
  type ThemeCode,
} from '#catalog-schema';
import type { StoredContact } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { Period } from './find-period.ts';
import type { BoundingBox } from './json-shape.ts';
import { issuesText } from './sign-publication.ts';

/** A licence of the list, or another one by name and address. */
export type Licence = LicenceCode | { label: readonly LocalText[]; url: string };

/** What people say about a dataset, and what its files told. */
export interface DatasetDescription {
  title: string;
  summary: string;
  /** Undefined: the beginning of the summary. */
  synopsis: string | undefined;
  theme: ThemeCode;
  /** None: the name of the theme. */
  keywords: readonly string[];
  licence: Licence;
  access: 'open' | 'restricted';
  /** Who holds the key of restricted files: the portal helps, or this node alone. */
  custody: 'portal' | 'producer';
  period: Period | undefined;
  bbox: BoundingBox | undefined;
  records: number | undefined;
  fields: number | undefined;
  language: string;
  contact: { name: string; email: string } | undefined;
  gdpr_sensitive: boolean;
}

const SYNOPSIS_MAX = 150;

/** What the previous version said; the members that metadata of others lack are absent. */
export function descriptionOf(manifest: Manifest, contacts: readonly StoredContact[]): Partial<DatasetDescription> {
  const { view } = normaliseRudi(manifest.metadata);
  const [summary] = view.summary;
  const [synopsis] = view.synopsis;
  const { theme, licence } = view;
  const contact = contactOf(manifest.metadata, contacts);
  const period = view.period?.start_at && view.period.end_at ? { start_at: seconds(view.period.start_at), end_at: seconds(view.period.end_at) } : undefined;
  return {
    title: view.title,
    ...(summary === undefined ? {} : { summary: summary.text }),
    // What was made up from the rest is made up again, so that it follows the rest.
    ...(synopsis === undefined || (summary !== undefined && synopsis.text === shortened(summary.text)) ? {} : { synopsis: synopsis.text }),
    ...(theme === null || !isThemeCode(theme) ? {} : { theme }),
    ...(theme !== null && view.keywords.length === 1 && view.keywords[0] === themeKeyword(theme, view.languages[0] ?? view.lang) ? {} : { keywords: view.keywords }),
    ...(licence === null ? {} : licence !== 'custom' ? { licence } : view.licence_url === undefined ? {} : { licence: { label: [{ lang: view.lang, text: view.licence_label ?? view.licence_url }], url: view.licence_url } }),
    access: manifest.access,
    ...(manifest.custody === 'none' ? {} : { custody: manifest.custody }),
    ...(period === undefined ? {} : { period }),
    ...(view.bbox === null ? {} : { bbox: view.bbox }),
    language: view.languages[0] ?? view.lang,
    ...(contact?.email === undefined ? {} : { contact: { name: contact.contact_name, email: contact.email } }),
    gdpr_sensitive: view.gdpr_sensitive,
  };
}

/** RUDI metadata of a description. Dates of creation and contacts' identifiers go on from the previous version. Throws `wrong_schema`. */
export function metadataOf(
  description: DatasetDescription,
  o: { dataset_id: string; producer: { producer_id: string; name: string }; previous: { manifest: Manifest; contacts: readonly StoredContact[] } | undefined; newUuid: () => string; now: Date },
): RudiMetadata {
  const { language, period, bbox } = description;
  const now = `${o.now.toISOString().slice(0, 19)}Z`;
  const dates = o.previous?.manifest.metadata.dataset_dates;
  try {
    return buildRudiMetadata({
      dataset_id: parseDatasetId(o.dataset_id),
      title: description.title,
      synopsis: [{ lang: language, text: description.synopsis ?? shortened(description.summary) }],
      summary: [{ lang: language, text: description.summary }],
      theme: description.theme,
      keywords: description.keywords.length > 0 ? description.keywords : [themeKeyword(description.theme, language)],
      producer: { organization_id: organizationId(o.producer.producer_id), organization_name: o.producer.name },
      contacts: [namedContact(description, o)],
      licence: description.licence,
      languages: [language],
      created_at: dates?.created ?? now,
      updated_at: now,
      ...(period === undefined ? {} : { temporal_spread: period }),
      ...(bbox === undefined ? {} : { geography: { west: bbox[0], south: bbox[1], east: bbox[2], north: bbox[3] } }),
      ...(description.records === undefined && description.fields === undefined
        ? {}
        : { dataset_size: { ...(description.records === undefined ? {} : { records: description.records }), ...(description.fields === undefined ? {} : { fields: description.fields }) } }),
      restricted: description.access === 'restricted',
      gdpr_sensitive: description.gdpr_sensitive,
    });
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw refusal('wrong_schema', { what: description.title, issues: issuesText(cause) }, { cause });
  }
}

/**
 * The UUID of a producer as RUDI organisations have one: taken from the hash of the producer's identifier, so the same on every node,
 * with the marks of a version 4, the only one that RUDI accepts.
 */
export function organizationId(producer_id: string): string {
  const hash = createHash('sha256').update(`sceau-organization-v1:${producer_id}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x40;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function namedContact(description: DatasetDescription, o: Parameters<typeof metadataOf>[1]): NamedContact {
  const wanted = description.contact;
  const name = wanted?.name ?? o.producer.name;
  const known = o.previous === undefined ? undefined : contactOf(o.previous.manifest.metadata, o.previous.contacts);
  const same = known !== undefined && known.contact_name === name && known.email === wanted?.email;
  return { contact_id: same ? known.contact_id : o.newUuid(), contact_name: name, ...(wanted === undefined ? {} : { email: wanted.email }) };
}

function contactOf(metadata: RudiMetadata, contacts: readonly StoredContact[]): NamedContact | undefined {
  const [first] = metadata.contacts;
  if (first === undefined) return undefined;
  if (!isCommitted(first)) return first;
  const opened = contacts.find((one) => one.contact_id === first.contact_id)?.contact;
  const { contact_name, email } = opened ?? {};
  return typeof contact_name === 'string' ? { contact_id: first.contact_id, contact_name, ...(typeof email === 'string' ? { email } : {}) } : undefined;
}

function themeKeyword(theme: ThemeCode, language: string): string {
  return THEMES[theme][language === 'en' ? 'en' : 'fr'].toLocaleLowerCase(language);
}

function seconds(time: string): string {
  return time.replace(/\.0+Z$/, 'Z');
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= SYNOPSIS_MAX) return line;
  const cut = line.slice(0, SYNOPSIS_MAX - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), SYNOPSIS_MAX / 2))}…`;
}
