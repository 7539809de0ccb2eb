import { statusText } from './status-text.ts';
import { ACCESS_ROUTES } from './access-routes.ts';
import { CATALOGUE_ROUTES } from './catalogue-routes.ts';
import { componentSchemas } from './components.ts';
import { type Content, oneOf, ref, type RouteDescription } from './describe.ts';
import { PARTY_ROUTES } from './party-routes.ts';

/** Every route of the JSON API; a test compares it with the routers. */
export const API_ROUTES: readonly RouteDescription[] = [...PARTY_ROUTES, ...CATALOGUE_ROUTES, ...ACCESS_ROUTES];

const ALWAYS = [400, 429, 500, 503];

/** The description of the JSON API (OpenAPI 3.1) of the portal at that origin. */
export function describeApi(o: { name: string; public_origin: string }): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of API_ROUTES) {
    const path = route.path.replaceAll(/:([a-z_]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: o.name,
      version: '1',
      description:
        'The JSON API of a Sceau portal. Errors are problem documents (RFC 9457) with a stable `code`, and often a finer `reason`. Unknown fields and parameters are refused, and JSON bodies of more than 2 MiB unless a route says otherwise. ' +
        'Statements are checked by their readers: this description says what travels, not what to trust.',
    },
    servers: [{ url: o.public_origin }],
    paths,
    components: {
      schemas: { ...componentSchemas(), Check: oneOf(['ok', 'failing'], 'one part of the portal') },
      responses: { Problem: { description: 'A problem document', content: { 'application/problem+json': { schema: ref('problem') } } } },
      securitySchemes: {
        signed: {
          type: 'http',
          scheme: 'signature',
          description:
            'HTTP message signature (RFC 9421), profile sceau-v1: label sig1 over "@method" "@authority" "@path" "@query", and with a body "content-digest" "content-type"; parameters created, expires (at most 60 s later), nonce, keyid (RFC 7638 thumbprint), alg, tag="sceau-v1". Each signature counts once.',
        },
      },
    },
  };
}

function operation(route: RouteDescription): Record<string, unknown> {
  const parameters = [
    ...[...route.path.matchAll(/:([a-z_]+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(route.query ?? {}).map(([name, { schema, description, required }]) => ({ name, in: 'query', required: required ?? false, schema, description })),
  ];
  // 403 wherever a consumer may call: its applications may lack the scope.
  const problems = [...new Set([...(route.signed_by === undefined ? [] : [401]), ...(route.signed_by?.includes('consumer') === true ? [403] : []), ...(route.problems ?? []), ...(route.body === undefined ? [] : [413, 415]), ...ALWAYS])];
  const answers = Object.entries(route.answers).map(([status, answer]) => [status, typeof answer === 'string' ? { description: answer } : { description: statusText(Number(status)), content: content(answer) }]);
  // An answer that is described by the route itself, such as the 503 of /health, is not a problem document.
  const refused = problems.filter((status) => !(status in route.answers)).map((status) => [String(status), { $ref: '#/components/responses/Problem' }]);
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.signed_by === undefined ? {} : { security: [{ signed: [] }], 'x-signed-by': route.signed_by }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: content(route.body) } }),
    responses: Object.fromEntries([...answers, ...refused]),
  };
}

function content(part: Content): Record<string, unknown> {
  return 'json' in part ? { 'application/json': { schema: part.json } } : { [part.media_type]: {} };
}

function operationId(route: RouteDescription): string {
  return `${route.method}_${route.path.replace(/^\/api\/v1\//, '').replaceAll(/[^a-z]+/g, '_').replaceAll(/^_+|_+$/g, '')}`;
}
