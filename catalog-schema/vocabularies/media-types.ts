/** What a format is for; every media type belongs to one family, unknown ones to `other`. */
export const FORMAT_FAMILIES = {
  table: { fr: 'Tableau', en: 'Table' },
  document: { fr: 'Document', en: 'Document' },
  map: { fr: 'Carte', en: 'Map' },
  archive: { fr: 'Archive', en: 'Archive' },
  image: { fr: 'Image', en: 'Image' },
  service: { fr: 'Service', en: 'Service' },
  other: { fr: 'Autre', en: 'Other' },
} as const;

/** Code of a format family. */
export type FormatFamily = keyof typeof FORMAT_FAMILIES;

/** A media type a portal knows. */
export interface MediaTypeEntry {
  /** short label for pages: `CSV` */
  label: string;
  family: FormatFamily;
  /** file name extensions with their dot, in lower case, the usual one first */
  extensions: readonly string[];
}

const TABLE: [string, string, ...string[]][] = [
  ['text/csv', 'CSV', '.csv'],
  ['text/tab-separated-values', 'TSV', '.tsv', '.tab'],
  ['application/json', 'JSON', '.json'],
  ['application/x-ndjson', 'NDJSON', '.ndjson', '.jsonl'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'XLSX', '.xlsx'],
  ['application/vnd.ms-excel', 'XLS', '.xls'],
  ['application/vnd.oasis.opendocument.spreadsheet', 'ODS', '.ods'],
  ['application/vnd.apache.parquet', 'Parquet', '.parquet'],
  ['application/vnd.apache.arrow.file', 'Arrow', '.arrow', '.feather'],
  ['application/vnd.sqlite3', 'SQLite', '.sqlite', '.sqlite3'],
  ['application/vnd.dbf', 'DBF', '.dbf'],
];
const MAP: [string, string, ...string[]][] = [
  ['application/geo+json', 'GeoJSON', '.geojson'],
  ['application/geopackage+sqlite3', 'GeoPackage', '.gpkg'],
  ['application/vnd.google-earth.kml+xml', 'KML', '.kml'],
  ['application/vnd.google-earth.kmz', 'KMZ', '.kmz'],
  ['application/gml+xml', 'GML', '.gml'],
  ['application/gpx+xml', 'GPX', '.gpx'],
  ['application/vnd.shp', 'Shapefile', '.shp'],
  ['application/vnd.flatgeobuf', 'FlatGeobuf', '.fgb'],
  ['application/vnd.mapbox-vector-tile', 'MVT', '.mvt'],
  ['application/vnd.las', 'LAS', '.las'],
  ['application/vnd.laszip', 'LAZ', '.laz'],
];
const DOCUMENT: [string, string, ...string[]][] = [
  ['application/pdf', 'PDF', '.pdf'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'DOCX', '.docx'],
  ['application/msword', 'DOC', '.doc'],
  ['application/vnd.oasis.opendocument.text', 'ODT', '.odt'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'PPTX', '.pptx'],
  ['application/vnd.ms-powerpoint', 'PPT', '.ppt'],
  ['application/vnd.oasis.opendocument.presentation', 'ODP', '.odp'],
  ['application/epub+zip', 'EPUB', '.epub'],
  ['text/plain', 'Texte', '.txt', '.log'],
  ['text/markdown', 'Markdown', '.md', '.markdown'],
  ['text/html', 'HTML', '.html', '.htm'],
];
const ARCHIVE: [string, string, ...string[]][] = [
  ['application/zip', 'ZIP', '.zip'],
  ['application/gzip', 'GZIP', '.gz', '.tgz'],
  ['application/x-tar', 'TAR', '.tar'],
  ['application/x-7z-compressed', '7z', '.7z'],
  ['application/x-bzip2', 'BZIP2', '.bz2'],
  ['application/zstd', 'Zstandard', '.zst'],
];
const IMAGE: [string, string, ...string[]][] = [
  ['image/png', 'PNG', '.png'],
  ['image/jpeg', 'JPEG', '.jpg', '.jpeg'],
  ['image/webp', 'WebP', '.webp'],
  ['image/gif', 'GIF', '.gif'],
  ['image/svg+xml', 'SVG', '.svg'],
  ['image/tiff', 'TIFF', '.tif', '.tiff'],
  ['image/bmp', 'BMP', '.bmp'],
  ['image/apng', 'APNG', '.apng'],
  ['image/jp2', 'JPEG 2000', '.jp2'],
];
// Series and services have no file; these are the types they answer with or are described by.
const SERVICE: [string, string, ...string[]][] = [
  ['application/vnd.ogc.wms_xml', 'WMS'],
  ['application/vnd.ogc.wfs_xml', 'WFS'],
  ['application/vnd.ogc.wmts_xml', 'WMTS'],
  ['application/vnd.oai.openapi+json', 'OpenAPI'],
  ['application/vnd.api+json', 'JSON:API'],
  ['application/graphql', 'GraphQL', '.graphql'],
];
const OTHER: [string, string, ...string[]][] = [
  ['application/xml', 'XML', '.xml'],
  ['text/xml', 'XML'],
  ['application/ld+json', 'JSON-LD', '.jsonld'],
  ['application/rdf+xml', 'RDF/XML', '.rdf'],
  ['text/turtle', 'Turtle', '.ttl'],
  ['application/n-triples', 'N-Triples', '.nt'],
  ['application/sql', 'SQL', '.sql'],
  ['application/yaml', 'YAML', '.yaml', '.yml'],
  ['text/x-yaml', 'YAML'],
  ['text/calendar', 'iCalendar', '.ics'],
  ['application/x-protobuf', 'Protobuf', '.pb'],
  ['application/x-netcdf', 'NetCDF', '.nc'],
  ['application/x-hdf5', 'HDF5', '.h5', '.hdf5'],
  ['text/css', 'CSS', '.css'],
  ['text/javascript', 'JavaScript', '.js', '.mjs'],
  ['application/javascript', 'JavaScript'],
  ['audio/mpeg', 'MP3', '.mp3'],
  ['audio/ogg', 'Ogg', '.ogg', '.oga'],
  ['audio/wav', 'WAV', '.wav'],
  ['video/mp4', 'MP4', '.mp4'],
  ['video/webm', 'WebM', '.webm'],
  ['application/octet-stream', 'Fichier', '.bin'],
];

/** The media types a portal knows, by media type. */
export const MEDIA_TYPES: ReadonlyMap<string, MediaTypeEntry> = new Map(
  (
    [['table', TABLE], ['map', MAP], ['document', DOCUMENT], ['archive', ARCHIVE], ['image', IMAGE], ['service', SERVICE], ['other', OTHER]] as const
  ).flatMap(([family, rows]) => rows.map(([type, label, ...extensions]): [string, MediaTypeEntry] => [type, { label, family, extensions }])),
);

const BY_EXTENSION: ReadonlyMap<string, string> = new Map(
  [...MEDIA_TYPES].flatMap(([type, { extensions }]) => extensions.map((extension): [string, string] => [extension, type])),
);

/** The media type of a file by the end of its name, `application/octet-stream` when it is not known. */
export function mediaTypeOf(filename: string): string {
  const dot = filename.lastIndexOf('.');
  const extension = dot < 0 ? '' : filename.slice(dot).toLowerCase();
  return BY_EXTENSION.get(extension) ?? 'application/octet-stream';
}

/** Short label of a media type for pages: the known one, else its second half without `x-` and `vnd.`. */
export function formatLabel(media_type: string): string {
  const known = MEDIA_TYPES.get(media_type);
  if (known !== undefined) return known.label;
  return (media_type.split('/')[1] ?? media_type).replace(/^(x-|vnd\.)/, '').toUpperCase();
}

/** Family of a media type: the known one, else by its first half (`image/…`), else `other`. */
export function formatFamily(media_type: string): FormatFamily {
  const known = MEDIA_TYPES.get(media_type);
  if (known !== undefined) return known.family;
  return media_type.startsWith('image/') ? 'image' : 'other';
}

/** The usual extension of a media type with its dot, or the empty text. */
export function usualExtension(media_type: string): string {
  return MEDIA_TYPES.get(media_type)?.extensions[0] ?? '';
}
