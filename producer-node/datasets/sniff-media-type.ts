import { mediaTypeOf } from '#catalog-schema';

const ZIP_BASED = /openxmlformats|opendocument|kmz$|epub|zip$|geopackage/;
const OLE_BASED = new Set(['application/vnd.ms-excel', 'application/msword', 'application/vnd.ms-powerpoint']);
const SQLITE_BASED = new Set(['application/vnd.sqlite3', 'application/geopackage+sqlite3']);
const BINARY = 'application/octet-stream';

/** The beginnings by which a file is known, in hexadecimal, with the media type; null where only the name can tell which. */
const MAGIC: readonly [string, string][] = [
  ['255044462d', 'application/pdf'],
  ['504b0304', 'application/zip'],
  ['1f8b', 'application/gzip'],
  ['89504e470d0a1a0a', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
  ['50415231', 'application/vnd.apache.parquet'],
  ['53514c69746520666f726d6174203300', 'application/vnd.sqlite3'],
  ['377abcaf271c', 'application/x-7z-compressed'],
  ['28b52ffd', 'application/zstd'],
  ['425a68', 'application/x-bzip2'],
  ['d0cf11e0a1b11ae1', BINARY],
];

/** The media type that the first bytes of a binary file tell, with the help of its name where many formats begin alike. */
export function sniffBinary(head: Uint8Array, name: string): string {
  const named = mediaTypeOf(name);
  const hex = Buffer.from(head.subarray(0, 16)).toString('hex');
  const found = MAGIC.find(([start]) => hex.startsWith(start));
  if (found === undefined) return isTextual(named) ? BINARY : named;
  const [start, type] = found;
  if (start === '504b0304') return ZIP_BASED.test(named) ? named : type;
  if (start === 'd0cf11e0a1b11ae1') return OLE_BASED.has(named) ? named : type;
  if (type === 'application/vnd.sqlite3') return SQLITE_BASED.has(named) ? named : type;
  return type;
}

/** Whether files of a media type are text. */
export function isTextual(media_type: string): boolean {
  return media_type.startsWith('text/') || /[/+](json|xml|yaml|x-ndjson|sql|javascript|graphql|n-triples)$/.test(media_type);
}

/** Whether a media type is JSON, of whatever kind. */
export function isJson(media_type: string): boolean {
  return media_type === 'application/json' || media_type.endsWith('+json');
}

/** Whether a media type is a delimited table. */
export function isDelimited(media_type: string): boolean {
  return media_type === 'text/csv' || media_type === 'text/tab-separated-values';
}
