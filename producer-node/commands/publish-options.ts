import { isLicenceCode, isThemeCode, LANGUAGES, LICENCE_CODES, parseDatasetId, THEME_CODES } from '#catalog-schema';
import type { DatasetDescription } from '../datasets/dataset-description.ts';
import { readPeriod } from '../datasets/find-period.ts';
import { refusal } from '../errors.ts';

/** Options of `sceau-node publish` as commander gives them. */
export interface PublishOptions {
  title?: string;
  summary?: string;
  synopsis?: string;
  theme?: string;
  keyword?: string[];
  licence?: string;
  access?: string;
  custody?: string;
  period?: string;
  bbox?: string;
  language?: string;
  dataset?: string;
  new?: boolean;
  contactName?: string;
  contactEmail?: string;
  sensitive?: boolean;
  yes?: boolean;
  /** False with --no-deliver. */
  deliver: boolean;
}

/** What was said by options: members of the description, and `none` for a period or a place taken away. */
export interface SaidDescription {
  said: Partial<DatasetDescription>;
  no_period: boolean;
  no_bbox: boolean;
}

/** Reads the options that describe a dataset. Throws `bad_option`, `missing_option`. */
export function readDescriptionOptions(options: PublishOptions, producer_name: string): SaidDescription {
  const said: Partial<DatasetDescription> = {};
  if (options.title !== undefined) said.title = line('--title', options.title, 150);
  if (options.summary !== undefined) said.summary = line('--summary', options.summary, 20_000);
  if (options.synopsis !== undefined) said.synopsis = line('--synopsis', options.synopsis, 1000);
  if (options.theme !== undefined) {
    if (!isThemeCode(options.theme)) throw refusal('bad_option', { option: '--theme', value: options.theme, expected: THEME_CODES.join(', ') });
    said.theme = options.theme;
  }
  if (options.keyword !== undefined) said.keywords = options.keyword.flatMap((text) => text.split(',')).map((text) => text.trim()).filter((text) => text !== '');
  if (options.licence !== undefined) {
    if (!isLicenceCode(options.licence)) throw refusal('bad_option', { option: '--licence', value: options.licence, expected: LICENCE_CODES.join(', ') });
    said.licence = options.licence;
  }
  if (options.access !== undefined) {
    if (options.access !== 'open' && options.access !== 'restricted') throw refusal('bad_option', { option: '--access', value: options.access, expected: 'open, restricted' });
    said.access = options.access;
  }
  if (options.custody !== undefined) {
    if (options.custody !== 'portal' && options.custody !== 'producer') throw refusal('bad_option', { option: '--custody', value: options.custody, expected: 'portal, producer' });
    if (said.access === 'open') throw refusal('bad_option', { option: '--custody', value: options.custody, expected: '--access restricted' });
    said.access = 'restricted';
    said.custody = options.custody;
  }
  if (options.language !== undefined) {
    if (!Object.keys(LANGUAGES).includes(options.language)) throw refusal('bad_option', { option: '--language', value: options.language, expected: Object.keys(LANGUAGES).join(', ') });
    said.language = options.language;
  }
  const no_period = options.period === 'none';
  if (options.period !== undefined && !no_period) {
    const period = readPeriod(options.period);
    if (period === undefined) throw refusal('bad_option', { option: '--period', value: options.period, expected: '2024, 2024-01-01/2024-12-31, none' });
    said.period = period;
  }
  const no_bbox = options.bbox === 'none';
  if (options.bbox !== undefined && !no_bbox) {
    const bbox = readBbox(options.bbox);
    if (bbox === undefined) throw refusal('bad_option', { option: '--bbox', value: options.bbox, expected: '-1.80,48.05,-1.55,48.17 (W,S,E,N), none' });
    said.bbox = bbox;
  }
  if (options.sensitive === true) said.gdpr_sensitive = true;
  if (options.contactEmail !== undefined) said.contact = { name: options.contactName ?? producer_name, email: readEmail('--contact-email', options.contactEmail) };
  else if (options.contactName !== undefined) throw refusal('missing_option', { option: '--contact-email', what: '--contact-name' });
  return { said, no_period, no_bbox };
}

/** The dataset that --dataset names. */
export function readDatasetOption(text: string): string {
  try {
    return parseDatasetId(text.trim().toLowerCase());
  } catch (cause) {
    throw refusal('bad_option', { option: '--dataset', value: text, expected: 'UUID' }, { cause });
  }
}

/** West, south, east, north in degrees, separated by commas. */
function readBbox(text: string): DatasetDescription['bbox'] {
  const [west, south, east, north, ...more] = text.split(',').map((part) => (/^\s*[+-]?[0-9]{1,3}(\.[0-9]{1,15})?\s*$/.test(part) ? Number(part) : NaN));
  if (west === undefined || south === undefined || east === undefined || north === undefined || more.length > 0) return undefined;
  const good = Math.abs(west) <= 180 && Math.abs(east) <= 180 && Math.abs(south) <= 90 && Math.abs(north) <= 90 && south <= north;
  return good ? [west, south, east, north] : undefined;
}

/** A mail address, loosely: the schema judges. */
export function readEmail(option: string, text: string): string {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim())) throw refusal('bad_option', { option, value: text, expected: 'name@example.org' });
  return text.trim();
}

function line(option: string, text: string, max: number): string {
  const trimmed = text.normalize('NFC').trim();
  if (trimmed === '' || trimmed.length > max) throw refusal('bad_option', { option, value: `${trimmed.slice(0, 40)}…`, expected: `1-${max}` });
  return trimmed;
}
