/** West, south, east, north in degrees of WGS 84. */
export type BoundingBox = [number, number, number, number];

/** What a parsed JSON file tells of itself. */
export interface JsonShape {
  geojson: boolean;
  /** Features, or members of the outer list; undefined for anything else. */
  objects?: number;
  /** Names of the fields of the first object. */
  columns: string[];
  bbox?: BoundingBox;
}

const GEOMETRIES = new Set(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon', 'GeometryCollection']);

/** The shape of a parsed JSON value. */
export function jsonShape(value: unknown): JsonShape {
  if (isGeoJson(value)) {
    const features = value['type'] === 'FeatureCollection' && Array.isArray(value['features']) ? value['features'] : [value];
    const properties = fieldsOf(isObject(features[0]) ? features[0]['properties'] : undefined);
    const bbox = boundingBox(value);
    return { geojson: true, objects: features.length, columns: properties, ...(bbox === undefined ? {} : { bbox }) };
  }
  if (Array.isArray(value)) return { geojson: false, objects: value.length, columns: fieldsOf(value[0]) };
  return { geojson: false, columns: [] };
}

/** The rows of a list of flat objects under these columns, for dates to be looked for; other members are empty. */
export function rowsOfObjects(value: unknown, columns: readonly string[]): string[][] {
  const features = isGeoJson(value) && Array.isArray(value['features']) ? value['features'].map((feature: unknown) => (isObject(feature) ? feature['properties'] : undefined)) : value;
  if (!Array.isArray(features)) return [];
  return features.map((member: unknown) =>
    columns.map((column) => {
      const cell = isObject(member) ? member[column] : undefined;
      return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
    }),
  );
}

/**
 * The box around all coordinates of a GeoJSON value (RFC 7946 §5); undefined when there are none, or when one lies outside
 * longitude and latitude: then they are in a projection, and the file does not say in which.
 */
export function boundingBox(value: unknown): BoundingBox | undefined {
  let west = Infinity;
  let south = Infinity;
  let east = -Infinity;
  let north = -Infinity;
  // A list of its own instead of recursion: the depth of a foreign file must not exhaust the machine's stack.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) {
      const [longitude, latitude] = next;
      if (typeof longitude === 'number' && typeof latitude === 'number') {
        if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) return undefined;
        if (longitude < west) west = longitude;
        if (longitude > east) east = longitude;
        if (latitude < south) south = latitude;
        if (latitude > north) north = latitude;
      } else {
        for (const member of next) open.push(member);
      }
    } else if (isObject(next)) {
      for (const name of ['features', 'geometry', 'geometries', 'coordinates']) if (next[name] !== undefined) open.push(next[name]);
    }
  }
  return west === Infinity ? undefined : [west, south, east, north];
}

function isGeoJson(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || typeof value['type'] !== 'string') return false;
  if (value['type'] === 'FeatureCollection') return Array.isArray(value['features']);
  if (value['type'] === 'Feature') return 'geometry' in value;
  return GEOMETRIES.has(value['type']) && ('coordinates' in value || 'geometries' in value);
}

function fieldsOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
