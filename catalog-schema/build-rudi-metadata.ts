import type { CommittedContact, CustomLicence, NamedContact, Organization, RudiMetadata, StandardLicence } from './generated/rudi-metadata.ts';
import type { DatasetId } from './ids.ts';
import type { LocalText } from './normalise-rudi.ts';
import { parseRudiAsSpecified } from './parse-rudi-as-specified.ts';
import { LICENCES, RUDI_LICENCE_CODES, type LicenceCode } from './vocabularies/licences.ts';
import type { ThemeCode } from './vocabularies/themes.ts';

/** What a producer says about a dataset in our own words; dates are RFC 3339, the box is WGS 84 degrees. */
export interface MetadataInput {
  dataset_id: DatasetId;
  /** identifier in the producer's own system */
  local_id?: string;
  title: string;
  synopsis: readonly LocalText[];
  summary: readonly LocalText[];
  theme: ThemeCode;
  /** at least one */
  keywords: readonly string[];
  producer: Organization;
  /** at least one; people are replaced by `withoutPeople` before anything is signed */
  contacts: readonly (NamedContact | CommittedContact)[];
  /** a known code, or the name and address of another licence */
  licence: LicenceCode | { label: readonly LocalText[]; url: string };
  /** tags like `fr`; French when none is given */
  languages?: readonly string[];
  created_at: string;
  updated_at: string;
  published_at?: string;
  temporal_spread?: { start_at: string; end_at?: string };
  geography?: { west: number; south: number; east: number; north: number; projection?: string };
  restricted: boolean;
  gdpr_sensitive: boolean;
  dataset_size?: { records?: number; fields?: number };
  /** how the data may be used, beyond the licence */
  usage_constraint?: readonly LocalText[];
  /** the words a reuser must print */
  mandatory_mention?: readonly LocalText[];
  /** when these metadata were first written and last changed */
  metadata_created_at?: string;
  metadata_updated_at?: string;
}

/**
 * RUDI metadata of API version 1.4.1 without `available_formats` (the resources of a manifest carry the files), in need of no
 * tolerance. Pure. Throws SchemaError with pointers into the result: `malformed`, `rule_broken`.
 */
export function buildRudiMetadata(input: MetadataInput): RudiMetadata {
  const { temporal_spread: span, geography: place, dataset_size: size } = input;
  return parseRudiAsSpecified({
    global_id: input.dataset_id,
    ...given('local_id', input.local_id),
    resource_title: input.title.normalize('NFC').trim(),
    synopsis: input.synopsis.map(localText),
    summary: input.summary.map(localText),
    theme: input.theme,
    keywords: [...new Set(input.keywords.map((keyword) => keyword.normalize('NFC').trim()))],
    producer: { ...input.producer },
    contacts: input.contacts.map((contact) => ({ ...contact })),
    resource_languages: input.languages === undefined || input.languages.length === 0 ? ['fr'] : [...new Set(input.languages)],
    ...given('temporal_spread', span && { start_date: span.start_at, ...given('end_date', span.end_at) }),
    ...given('geography', place && {
      bounding_box: { west_longitude: place.west, south_latitude: place.south, east_longitude: place.east, north_latitude: place.north },
      projection: place.projection ?? 'WGS 84 (EPSG:4326)',
    }),
    ...given('dataset_size', size && { ...given('numbers_of_records', size.records), ...given('number_of_fields', size.fields) }),
    dataset_dates: { created: input.created_at, updated: input.updated_at, ...given('published', input.published_at) },
    storage_status: 'online',
    access_condition: {
      licence: licenceOf(input.licence),
      confidentiality: { restricted_access: input.restricted, gdpr_sensitive: input.gdpr_sensitive },
      ...given('usage_constraint', input.usage_constraint?.map(localText)),
      ...given('mandatory_mention', input.mandatory_mention?.map(localText)),
    },
    metadata_info: {
      api_version: '1.4.1',
      metadata_dates: {
        created: input.metadata_created_at ?? input.created_at,
        updated: input.metadata_updated_at ?? input.updated_at,
      },
    },
  });
}

function licenceOf(licence: MetadataInput['licence']): StandardLicence | CustomLicence {
  if (typeof licence === 'string') {
    if (RUDI_LICENCE_CODES.includes(licence)) return { licence_type: 'STANDARD', licence_label: licence };
    // RUDI's list is closed: a licence outside it travels as a custom one and is recognised by its address when read again.
    const { fr, en, url } = LICENCES[licence];
    return custom([{ lang: 'fr', text: fr }, { lang: 'en', text: en }], url);
  }
  return custom(licence.label, licence.url);
}

function custom(label: readonly LocalText[], url: string): CustomLicence {
  return { licence_type: 'CUSTOM', custom_licence_label: label.map(localText), custom_licence_uri: url };
}

function localText({ lang, text }: LocalText): { lang: string; text: string } {
  return { lang, text: text.normalize('NFC').trim() };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value });
}
