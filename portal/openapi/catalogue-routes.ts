import { base64url, flag, instant, list, object, oneOf, orNull, ref, type RouteDescription, text, uuid, whole } from './describe.ts';

const FACETS = ['theme', 'producer', 'access', 'format', 'licence'] as const;
const facet = list(object({ value: text('value'), count: whole('datasets') }));
const filter = (description: string) => ({ schema: list(text('value')), description: `${description}; may stand several times` });

/** Datasets, files, uploads, heads. */
export const CATALOGUE_ROUTES: readonly RouteDescription[] = [
  {
    method: 'get',
    path: '/api/v1/datasets',
    tag: 'catalogue',
    summary: 'Search datasets',
    query: {
      q: { schema: { type: 'string', maxLength: 200 }, description: 'words, French or English' },
      theme: filter('theme'),
      producer: filter('producer_id'),
      access: filter('open or restricted'),
      format: filter('format'),
      licence: filter('licence'),
      sort: { schema: oneOf(['relevance', 'updated', 'title'], 'order'), description: 'order' },
      cursor: { schema: text('cursor'), description: '`next` of the page before' },
      limit: { schema: { type: 'integer', minimum: 1, maximum: 100 }, description: 'how many (20)' },
    },
    answers: {
      200: {
        json: object({
          total: whole('matching datasets'),
          datasets: list(ref('DatasetCard')),
          facets: object(Object.fromEntries(FACETS.map((name) => [name, facet]))),
          next: orNull(text('cursor'), 'null on the last page'),
        }),
      },
    },
  },
  {
    method: 'get',
    path: '/api/v1/datasets/:dataset_id',
    tag: 'catalogue',
    summary: 'A dataset at its newest version',
    answers: {
      200: {
        json: {
          allOf: [
            ref('DatasetCard'),
            object({
              status: oneOf(['active', 'withdrawn', 'erased'], 'status'),
              view: { type: 'object', description: 'normalised metadata; never signed' },
              resources: list({ type: 'object' }, 'as in the manifest'),
              first_published_at: instant('first version'),
              frozen: flag('two contents were signed for one version'),
              manifest_sha256: ref('Digest'),
            }),
          ],
        },
      },
      304: 'Unchanged',
    },
    problems: [404],
  },
  {
    method: 'get',
    path: '/api/v1/datasets/:dataset_id/versions',
    tag: 'catalogue',
    summary: 'Every version of a dataset, newest first',
    answers: {
      200: { json: object({ versions: list(object({ version: whole('version', 1), digest: ref('Digest'), status: text('status'), issued_at: instant('signed'), published_at: instant('published') })) }) },
    },
    problems: [404],
  },
  {
    method: 'put',
    path: '/api/v1/datasets/:dataset_id/versions/:version',
    tag: 'catalogue',
    summary: 'Publish a version: its signed manifest and what belongs to it',
    description: 'Bodies are uploaded before. The same version and digest again gives the same answer; withdrawing is a further version with status withdrawn. At most 40 MiB of JSON, 500 entries in each list. Warnings: `contact_missing:<contact_id>`, and `earlier_versions_were_open` where this version restricts a dataset whose files were open until now.',
    signed_by: ['node'],
    body: {
      json: object({
        manifest: ref('Statement'),
        'headers?': list(object({ resource_id: uuid('sealed file'), header: base64url('age header') })),
        'deposits?': list(object({ statement: ref('Statement'), deposit: base64url('content key sealed to the broker') })),
        'recovery?': list(object({ epoch: whole('epoch', 1), sealed: base64url('content key sealed to the producer’s recovery recipient') })),
        'contacts?': list(ref('Contact')),
      }),
    },
    answers: {
      201: { json: object({ dataset_id: uuid('dataset'), version: whole('version', 1), manifest_sha256: ref('Digest'), published_at: instant('published'), 'warnings?': list(text('warning')) }) },
      200: 'The same again; the same body',
    },
    problems: [403, 404, 409, 413, 422],
  },
  { method: 'get', path: '/api/v1/datasets/:dataset_id/versions/:version/manifest', tag: 'catalogue', summary: 'The manifest exactly as signed; version is a number or `latest`', answers: { 200: { media_type: 'application/jose+json' }, 304: 'Unchanged' }, problems: [404] },
  { method: 'get', path: '/api/v1/datasets/:dataset_id/versions/:version/evidence', tag: 'catalogue', summary: 'Everything with which to check a version offline', answers: { 200: { json: ref('Evidence') } }, problems: [404] },
  {
    method: 'get',
    path: '/api/v1/datasets/:dataset_id/versions/:version/resources/:resource_id/body',
    tag: 'catalogue',
    summary: 'The bytes of a file, whole or in ranges',
    description: 'Open files for everybody, unless the newest version is restricted (404, reason now_restricted); the body of a sealed file for calls signed by a consumer with a live grant. ETag is the root of the body’s tree.',
    answers: { 200: { media_type: 'application/octet-stream' }, 206: 'A range of it', 304: 'Unchanged' },
    problems: [401, 403, 404, 416],
  },
  { method: 'get', path: '/api/v1/datasets/:dataset_id/versions/:version/resources/:resource_id/leaves', tag: 'catalogue', summary: 'Leaf hashes of a body: 32 bytes for each MiB', answers: { 200: { media_type: 'application/octet-stream' }, 304: 'Unchanged' }, problems: [401, 403, 404] },
  { method: 'get', path: '/api/v1/datasets/:dataset_id/versions/:version/resources/:resource_id/header', tag: 'catalogue', summary: 'The age header of a sealed file, under a live grant', signed_by: ['consumer'], answers: { 200: { media_type: 'application/octet-stream' } }, problems: [403, 404] },
  { method: 'get', path: '/api/v1/datasets/:dataset_id/epochs', tag: 'catalogue', summary: 'Epochs of a sealed dataset, for its node', signed_by: ['node'], answers: { 200: { json: object({ epochs: list(ref('Epoch')) }) } }, problems: [403, 404] },
  {
    method: 'get',
    path: '/api/v1/producers/:producer_id/datasets',
    tag: 'catalogue',
    summary: 'A producer’s datasets with their heads, for its node',
    signed_by: ['node'],
    answers: { 200: { json: object({ datasets: list(object({ dataset_id: uuid('dataset'), version: whole('version', 1), manifest_sha256: ref('Digest'), status: text('status'), title: text('title'), frozen: flag('frozen') })) }) } },
    problems: [403],
  },
  {
    method: 'put',
    path: '/api/v1/producers/:producer_id/heads',
    tag: 'catalogue',
    summary: 'State the newest versions of all datasets of a producer',
    description: 'At most 20 000 datasets.',
    signed_by: ['node'],
    body: { json: object({ heads: ref('Statement'), entries: list({ type: 'array', prefixItems: [uuid('dataset'), whole('version', 1), ref('Digest')], minItems: 3, maxItems: 3 }, 'sorted by dataset_id') }) },
    answers: { 200: { json: object({ seq: whole('sequence number', 1) }) } },
    problems: [403, 409, 422],
  },
  {
    method: 'post',
    path: '/api/v1/uploads',
    tag: 'catalogue',
    summary: 'Begin or resume the upload of a body',
    signed_by: ['node'],
    body: { json: object({ producer_id: text('producer'), root: ref('Digest'), body_size: whole('bytes') }) },
    answers: { 201: { json: ref('Upload') }, 200: 'Known already; the same body' },
    problems: [403, 413],
  },
  { method: 'put', path: '/api/v1/uploads/:upload_id/parts/:part', tag: 'catalogue', summary: 'Send one part', signed_by: ['node'], body: { media_type: 'application/octet-stream' }, answers: { 204: 'Kept' }, problems: [404, 409, 411, 413] },
  { method: 'post', path: '/api/v1/uploads/:upload_id/complete', tag: 'catalogue', summary: 'Make the body visible, once its tree is recomputed', signed_by: ['node'], body: { json: object({}) }, answers: { 200: { json: object({ root: ref('Digest'), body_size: whole('bytes') }) } }, problems: [404, 409, 422] },
];
