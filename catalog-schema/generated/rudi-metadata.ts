// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { Digest } from './primitives.ts';

/**
 * a text with its language
 */
export interface TextEntry {
  /**
   * a language tag like fr or fr-FR
   */
  lang?: string;
  /**
   * a text of at most 100000 characters
   */
  text: string;
  /**
   * the same as HTML, at most 200000 characters
   */
  html?: string;
  [k: string]: unknown;
}

/**
 * a date and time (ISO 8601) like 2021-04-01T12:10:48+02:00
 */
export type RudiDate = string;

/**
 * the dates of the data; at least `created`
 */
export interface DatasetDates {
  created: RudiDate;
  updated?: RudiDate;
  validated?: RudiDate;
  published?: RudiDate;
  expires?: RudiDate;
  deleted?: RudiDate;
  [k: string]: unknown;
}

/**
 * the dates of one media
 */
export interface MediaDates {
  created?: RudiDate;
  updated?: RudiDate;
  validated?: RudiDate;
  published?: RudiDate;
  expires?: RudiDate;
  deleted?: RudiDate;
  [k: string]: unknown;
}

/**
 * the dates of the metadata
 */
export interface MetadataDates {
  created?: RudiDate;
  updated?: RudiDate;
  validated?: RudiDate;
  published?: RudiDate;
  expires?: RudiDate;
  deleted?: RudiDate;
  [k: string]: unknown;
}

/**
 * a point in WGS 84
 */
export interface OrganizationCoordinates {
  /**
   * a latitude from -90 to 90
   */
  latitude: number;
  /**
   * a longitude from -180 to 180
   */
  longitude: number;
  [k: string]: unknown;
}

/**
 * an organisation with its identifier and name
 */
export interface Organization {
  /**
   * a UUID
   */
  organization_id: string;
  /**
   * a name of 1 to 500 characters
   */
  organization_name: string;
  /**
   * an address of at most 2000 characters
   */
  organization_address?: string;
  /**
   * a text of at most 10000 characters
   */
  organization_caption?: string;
  /**
   * a text of at most 10000 characters
   */
  organization_summary?: string;
  organization_coordinates?: OrganizationCoordinates;
  [k: string]: unknown;
}

/**
 * a contact as RUDI writes it: a person, or a function of an organisation
 */
export interface NamedContact {
  /**
   * a UUID
   */
  contact_id: string;
  /**
   * a name of 1 to 500 characters
   */
  contact_name: string;
  /**
   * a mail address
   */
  email?: string;
  /**
   * a name of at most 500 characters
   */
  organization_name?: string;
  /**
   * a role of at most 200 characters
   */
  role?: string;
  /**
   * a text of at most 10000 characters
   */
  contact_summary?: string;
  [k: string]: unknown;
}

/**
 * a contact whose personal data are kept outside: only the commitment to them is here
 */
export interface CommittedContact {
  /**
   * a UUID
   */
  contact_id: string;
  /**
   * a role of at most 200 characters
   */
  role?: string;
  commitment: Digest;
}

/**
 * a contact: named, or committed to when it has `commitment`
 */
export type Contact = CommittedContact | NamedContact;

/**
 * one parameter of a connector
 */
export interface ConnectorParameter {
  /**
   * a name of 1 to 200 characters
   */
  key: string;
  /**
   * a text, a number or a boolean
   */
  value: string | number | boolean;
  /**
   * STRING, BOOLEAN, DATE, LONG, DOUBLE or ENUM
   */
  type?: 'STRING' | 'BOOLEAN' | 'DATE' | 'LONG' | 'DOUBLE' | 'ENUM';
  /**
   * a text of at most 10000 characters
   */
  usage?: string;
  /**
   * a list of at most 1000 values
   *
   * @maxItems 1000
   */
  accepted_values?: unknown[];
  [k: string]: unknown;
}

/**
 * where and how a media is read
 */
export interface Connector {
  /**
   * an address of 1 to 4096 characters
   */
  url: string;
  /**
   * the name of an interface contract, at most 200 characters
   */
  interface_contract?: string | null;
  /**
   * a list of at most 200 parameters
   *
   * @maxItems 200
   */
  connector_parameters?: ConnectorParameter[];
  [k: string]: unknown;
}

/**
 * the checksum of a file as somebody claims it
 */
export interface Checksum {
  /**
   * MD5, SHA-256 or SHA-512
   */
  algo: 'MD5' | 'SHA-256' | 'SHA-512';
  /**
   * a checksum of 1 to 200 characters
   */
  hash: string;
  /**
   * an encoding of at most 100 characters
   */
  file_encoding?: string;
  [k: string]: unknown;
}

/**
 * a file at an address
 */
export interface FileMedia {
  media_type: 'FILE';
  /**
   * a UUID
   */
  media_id: string;
  /**
   * a text of at most 500 characters
   */
  media_name?: string;
  /**
   * a text of at most 10000 characters
   */
  media_caption?: string;
  /**
   * an address of at most 2048 characters
   */
  media_visual?: string;
  media_dates?: MediaDates;
  connector: Connector;
  /**
   * a media type like text/csv, at most 200 characters
   */
  file_type: string;
  /**
   * a whole number from 0, or the same written as a text of digits
   */
  file_size: number | string;
  /**
   * an address of at most 4096 characters
   */
  file_structure?: string;
  /**
   * an encoding of at most 100 characters
   */
  file_encoding?: string;
  /**
   * a status of at most 100 characters
   */
  file_storage_status?: string;
  /**
   * a date of at most 40 characters
   */
  file_status_update?: string;
  checksum: Checksum;
  [k: string]: unknown;
}

/**
 * an interface that answers calls
 */
export interface ServiceMedia {
  media_type: 'SERVICE';
  /**
   * a UUID
   */
  media_id: string;
  /**
   * a text of at most 500 characters
   */
  media_name?: string;
  /**
   * a text of at most 10000 characters
   */
  media_caption?: string;
  /**
   * an address of at most 2048 characters
   */
  media_visual?: string;
  media_dates?: MediaDates;
  connector: Connector;
  /**
   * an address of at most 4096 characters
   */
  api_documentation_url?: string;
  [k: string]: unknown;
}

/**
 * data that keep arriving
 */
export interface SeriesMedia {
  media_type: 'SERIES';
  /**
   * a UUID
   */
  media_id: string;
  /**
   * a text of at most 500 characters
   */
  media_name?: string;
  /**
   * a text of at most 10000 characters
   */
  media_caption?: string;
  /**
   * an address of at most 2048 characters
   */
  media_visual?: string;
  media_dates?: MediaDates;
  connector: Connector;
  /**
   * a whole number from 0
   */
  latency?: number;
  /**
   * a whole number from 0
   */
  period?: number;
  /**
   * a whole number from 0
   */
  current_number_of_records?: number;
  /**
   * a whole number from 0
   */
  current_size?: number;
  /**
   * a whole number from 0
   */
  total_number_of_records?: number;
  /**
   * a whole number from 0
   */
  total_size?: number;
  [k: string]: unknown;
}

/**
 * a way to get the data: FILE, SERVICE or SERIES
 */
export type Media = FileMedia | ServiceMedia | SeriesMedia;

/**
 * a media; null where a producer left a gap
 */
export type MediaOrNull = null | Media;

/**
 * the list of media, or null
 */
export type MediaList = null | MediaOrNull[];

/**
 * a licence by its code
 */
export interface StandardLicence {
  licence_type: 'STANDARD';
  /**
   * a licence code of 1 to 100 characters like etalab-2.0
   */
  licence_label: string;
  [k: string]: unknown;
}

/**
 * a licence by its name and address
 */
export interface CustomLicence {
  licence_type: 'CUSTOM';
  /**
   * the name of the licence, as a list of texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  custom_licence_label: TextEntry[];
  /**
   * an address of 1 to 2048 characters
   */
  custom_licence_uri: string;
  [k: string]: unknown;
}

/**
 * a licence: STANDARD with a code, or CUSTOM with name and address
 */
export type Licence = StandardLicence | CustomLicence;

/**
 * whether access is restricted and whether the data are about people
 */
export interface Confidentiality {
  /**
   * true or false
   */
  restricted_access?: boolean;
  /**
   * true or false
   */
  gdpr_sensitive?: boolean;
  [k: string]: unknown;
}

/**
 * the conditions of use
 */
export interface AccessCondition {
  licence: Licence;
  confidentiality?: Confidentiality;
  /**
   * a list of texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  usage_constraint?: TextEntry[];
  /**
   * a list of texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  bibliographical_reference?: TextEntry[];
  /**
   * a list of texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  mandatory_mention?: TextEntry[];
  /**
   * a list of texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  access_constraint?: TextEntry[];
  /**
   * a list of texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  other_constraints?: TextEntry[];
  [k: string]: unknown;
}

/**
 * the span of time the data are about
 */
export interface TemporalSpread {
  start_date: RudiDate;
  end_date?: RudiDate;
  [k: string]: unknown;
}

/**
 * the rectangle the data are about, in WGS 84
 */
export interface BoundingBox {
  /**
   * a longitude from -180 to 180
   */
  west_longitude: number;
  /**
   * a longitude from -180 to 180
   */
  east_longitude: number;
  /**
   * a latitude from -90 to 90
   */
  south_latitude: number;
  /**
   * a latitude from -90 to 90
   */
  north_latitude: number;
  [k: string]: unknown;
}

/**
 * the place the data are about
 */
export interface Geography {
  bounding_box: BoundingBox;
  /**
   * a GeoJSON object
   */
  geographic_distribution?: {
    [k: string]: unknown;
  };
  /**
   * a projection name of at most 200 characters
   */
  projection?: string;
  /**
   * a text of at most 200 characters
   */
  spatial_representation?: string;
  [k: string]: unknown;
}

/**
 * how many records and fields
 */
export interface DatasetSize {
  /**
   * a whole number from 0
   */
  numbers_of_records?: number;
  /**
   * a whole number from 0
   */
  number_of_fields?: number;
  [k: string]: unknown;
}

/**
 * a list of at most 100 contacts
 *
 * @maxItems 100
 */
export type ContactList = Contact[];

/**
 * about the metadata themselves
 */
export interface MetadataInfo {
  /**
   * one of 1.2.0, 1.2.1, 1.3.0, 1.4.0, 1.4.1
   */
  api_version: '1.2.0' | '1.2.1' | '1.3.0' | '1.4.0' | '1.4.1';
  metadata_dates?: MetadataDates;
  metadata_provider?: Organization;
  metadata_contacts?: ContactList;
  /**
   * an address of at most 4096 characters
   */
  metadata_source?: string;
  [k: string]: unknown;
}

/**
 * RUDI metadata, API versions 1.2.0 to 1.4.1, as producers really write them: what is here can be read; what is read with a tolerance is named by a rule. Fields we do not know are kept.
 */
export interface RudiMetadata {
  /**
   * a UUID
   */
  global_id: string;
  /**
   * a text of at most 500 characters
   */
  local_id?: string | null;
  /**
   * a DOI like 10.5072/FK2/JV9LCO
   */
  doi?: string | null;
  /**
   * a DOI of the portal's store, or null
   */
  dataverse_doi?: string | null;
  /**
   * a title of 1 to 500 characters (150 are better)
   */
  resource_title: string;
  /**
   * a short description as a list of 1 to 50 texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  synopsis: TextEntry[];
  /**
   * the description as a list of 1 to 50 texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  summary: TextEntry[];
  /**
   * what the data are for, as a list of texts with their language
   *
   * @minItems 1
   * @maxItems 50
   */
  purpose?: TextEntry[];
  /**
   * a theme code like transportation
   */
  theme: string;
  /**
   * a list of at most 200 keywords
   *
   * @maxItems 200
   *
   * Items: a keyword of at most 2000 characters
   */
  keywords: string[];
  producer: Organization;
  contacts: ContactList;
  available_formats?: MediaList;
  /**
   * a list of at most 50 language tags
   *
   * @maxItems 50
   *
   * Items: a language tag like fr or fr-FR
   */
  resource_languages?: string[];
  temporal_spread?: TemporalSpread;
  geography?: Geography;
  dataset_size?: DatasetSize;
  dataset_dates: DatasetDates;
  /**
   * online, archived or unavailable (a node also says pending)
   */
  storage_status: 'online' | 'archived' | 'unavailable' | 'pending';
  access_condition: AccessCondition;
  metadata_info: MetadataInfo;
  /**
   * extensions of RUDI, kept as they are
   */
  ext_metadata?: {
    [k: string]: unknown;
  };
  /**
   * a tag of the node, at most 500 characters
   */
  collection_tag?: string | null;
  [k: string]: unknown;
}
