/** A JSON Schema (2020-12), as far as the description writes them. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Who may call a route: anybody, or whoever signs with the key of a node or consumer. */
export type Signer = 'node' | 'consumer';

/** What a route takes or gives: JSON of a schema, or bytes of another media type. */
export type Content = { readonly json: JsonSchema } | { readonly media_type: string };

/** One route of the JSON API, in the words of the description. */
export interface RouteDescription {
  readonly method: 'get' | 'put' | 'post';
  /** As the router writes it: `/api/v1/datasets/:dataset_id`. */
  readonly path: string;
  readonly tag: 'portal' | 'parties' | 'catalogue' | 'access' | 'log';
  readonly summary: string;
  readonly description?: string;
  /** Only calls signed by one of these are answered. */
  readonly signed_by?: readonly Signer[];
  readonly query?: Readonly<Record<string, { schema: JsonSchema; description: string; required?: boolean }>>;
  readonly body?: Content;
  /** Answers by status; a text is the description of an answer without body. */
  readonly answers: Readonly<Record<number, Content | string>>;
  /** Statuses of the problems that callers should expect, besides those that every route may give. */
  readonly problems?: readonly number[];
}

/** A reference to a schema of the description's components. */
export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object with these members, all required unless their name ends in `?`. */
export function object(members: Readonly<Record<string, JsonSchema>>, description?: string): JsonSchema {
  const entries = Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ''), schema] as const);
  const required = Object.keys(members).filter((name) => !name.endsWith('?'));
  return { type: 'object', ...(description === undefined ? {} : { description }), required, properties: Object.fromEntries(entries) };
}

/** A list of such items. */
export function list(items: JsonSchema, description?: string): JsonSchema {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) };
}

/** The value, or null with the meaning described. */
export function orNull(schema: JsonSchema, description: string): JsonSchema {
  return { anyOf: [schema, { type: 'null' }], description };
}

export const text = (description: string): JsonSchema => ({ type: 'string', description });
export const oneOf = (values: readonly string[], description: string): JsonSchema => ({ type: 'string', enum: values, description });
export const whole = (description: string, minimum = 0): JsonSchema => ({ type: 'integer', minimum, description });
export const instant = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description: `${description} (RFC 3339, UTC)` });
export const uuid = (description: string): JsonSchema => ({ type: 'string', format: 'uuid', description });
export const base64url = (description: string): JsonSchema => ({ type: 'string', pattern: '^[A-Za-z0-9_-]*$', description: `${description}, unpadded base64url` });
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
