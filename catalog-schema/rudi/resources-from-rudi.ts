import type { LinkResource, Resource, SeriesResource, ServiceResource } from '../generated/manifest.ts';
import type { Checksum, Connector, FileMedia, Media, RudiMetadata, SeriesMedia, ServiceMedia } from '../generated/rudi-metadata.ts';
import { parseResourceId } from '../ids.ts';
import { normaliseRudi } from '../normalise-rudi.ts';
import { acceptableName } from '../resource-name.ts';
import { usualExtension } from '../vocabularies/media-types.ts';
import { mapParameterIssues } from './parse-connector.ts';
import { mediaOf } from './rule.ts';
import { isHexChecksum, readFileType } from './rules/media.ts';
import { readUrl } from './url-reading.ts';

// Contracts that are protocols of their own; every other one is some HTTP interface.
const PROTOCOLS = new Set(['wms', 'wfs', 'wmts']);

/**
 * The resources a RUDI record describes: FILE becomes `link` (its bytes are elsewhere) with the size and SHA-256 it claims, SERVICE
 * `service`, SERIES `series`, each under its media_id; a repeated media_id and an unusable address are left out.
 * Of restricted data no address is told: services and series stand behind the gateway, and files are left out, because RUDI
 * serves them to whoever knows the address.
 */
export function resourcesFromRudi(record: RudiMetadata): Resource[] {
  const { restricted } = normaliseRudi(record).view;
  const resources = new Map<string, Resource>();
  for (const media of mediaOf(record)) {
    const id = media.media_id.toLowerCase();
    const resource = resources.has(id) ? undefined : resourceOf(media, restricted);
    if (resource !== undefined) resources.set(id, resource);
  }
  return [...resources.values()];
}

function resourceOf(media: Media, restricted: boolean): Resource | undefined {
  const { url } = readUrl(media.connector.url);
  if (url === undefined) return undefined;
  if (media.media_type === 'FILE') return restricted ? undefined : linkOf(media, url);
  return media.media_type === 'SERVICE' ? serviceOf(media, url, restricted) : seriesOf(media, url, restricted);
}

function linkOf(media: FileMedia, url: string): LinkResource {
  const size = Number(media.file_size);
  const sha256 = claimedDigest(media.checksum);
  const claimed = { ...(Number.isSafeInteger(size) ? { size } : {}), ...(sha256 === undefined ? {} : { sha256 }) };
  return {
    kind: 'link',
    resource_id: parseResourceId(media.media_id.toLowerCase()),
    name: nameOf(media, url),
    media_type: readFileType(media.file_type),
    url,
    ...(Object.keys(claimed).length === 0 ? {} : { claimed }),
  };
}

function serviceOf(media: ServiceMedia, url: string, restricted: boolean): ServiceResource {
  const contract = media.connector.interface_contract ?? '';
  const parameters = parametersOf(media.connector);
  return {
    kind: 'service',
    resource_id: parseResourceId(media.media_id.toLowerCase()),
    ...optionalName(media),
    protocol: PROTOCOLS.has(contract) ? contract : 'http-api',
    ...(restricted ? {} : { url }),
    gateway: restricted,
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  };
}

function seriesOf(media: SeriesMedia, url: string, restricted: boolean): SeriesResource {
  const { period } = media;
  return {
    kind: 'series',
    resource_id: parseResourceId(media.media_id.toLowerCase()),
    ...optionalName(media),
    ...(restricted ? {} : { url }),
    gateway: restricted,
    // RUDI counts milliseconds.
    ...(period === undefined || period === 0 || period > 3.2e12 ? {} : { period_seconds: period / 1000 }),
  };
}

// How RUDI's portal opens an encrypted file means nothing here; and three names no object of ours may have.
const UNREAD_PARAMETERS = new Set([
  'encrypted', 'public_key_url', 'pub_key_cut', 'original_mime_type', 'encrypted_mime_type', '__proto__', 'constructor', 'prototype',
]);

function parametersOf(connector: Connector): Record<string, string | number | boolean> {
  const invalid = new Set(mapParameterIssues(connector).map(({ pointer }) => pointer.split('/')[2]));
  const entries = (connector.connector_parameters ?? [])
    .filter((_parameter, index) => !invalid.has(String(index)))
    .filter(({ key, value }) => !UNREAD_PARAMETERS.has(key) && key.length <= 100 && String(value).length <= 2000)
    .map(({ key, value }): [string, string | number | boolean] => [key, value]);
  return Object.fromEntries(entries.slice(0, 50));
}

function nameOf(media: FileMedia, url: string): string {
  const extension = usualExtension(readFileType(media.file_type));
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  const text = media.media_name ?? (last.includes('.') ? decoded(last) : '');
  const name = acceptableName(text === '' ? media.media_id : text, media.media_id);
  return /\.[\p{L}\p{N}]{1,10}$/u.test(name) || extension === '' ? name : acceptableName(`${name}${extension}`, name);
}

function optionalName(media: ServiceMedia | SeriesMedia): { name?: string } {
  const name = acceptableName(media.media_name ?? '', '');
  return name === '' ? {} : { name };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % is not an escape: the text is taken as it is.
    return text;
  }
}

function claimedDigest(checksum: Checksum): `sha256:${string}` | undefined {
  if (checksum.algo !== 'SHA-256' || !isHexChecksum(checksum)) return undefined;
  const bytes = checksum.hash.match(/../g) ?? [];
  const base64 = btoa(String.fromCharCode(...bytes.map((pair) => Number.parseInt(pair, 16))));
  return `sha256:${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}
