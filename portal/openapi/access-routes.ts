import { base64url, list, object, oneOf, orNull, ref, type RouteDescription, text, uuid, whole } from './describe.ts';

const PAGING: NonNullable<RouteDescription['query']> = {
  cursor: { schema: text('cursor'), description: '`next` of the page before' },
  limit: { schema: whole('entries', 1), description: 'most entries of the page, up to 500, which is the default' },
};
const NEXT = orNull(text('cursor'), 'cursor of what follows; null on the last page');

/** Requests, grants, key packages. */
export const ACCESS_ROUTES: readonly RouteDescription[] = [
  { method: 'get', path: '/api/v1/access-requests', tag: 'access', summary: 'Own requests, open ones first, then newest first', signed_by: ['consumer'], query: PAGING, answers: { 200: { json: object({ access_requests: list(ref('OwnRequest')), next: NEXT }) } } },
  {
    method: 'post',
    path: '/api/v1/access-requests',
    tag: 'access',
    summary: 'Ask for access; the address given is confirmed by mail',
    signed_by: ['consumer'],
    body: {
      json: object({
        request: ref('Statement'),
        purpose: text('what the data are for; its digest is in the signed request'),
        contact: object({ name: text('name'), email: text('address'), 'organisation?': text('organisation') }),
        language: oneOf(['fr', 'en'], 'language of the mails'),
      }),
    },
    answers: { 201: { json: ref('MadeRequest') } },
    problems: [404, 409, 422],
  },
  { method: 'get', path: '/api/v1/access-requests/:request_id', tag: 'access', summary: 'A request made on the web, with what a key must sign', signed_by: ['consumer'], answers: { 200: { json: { type: 'object' } } }, problems: [404] },
  { method: 'post', path: '/api/v1/access-requests/:request_id/confirmation', tag: 'access', summary: 'Confirm the address with the code of the mail', signed_by: ['consumer'], body: { json: object({ code: text('code of the mail') }) }, answers: { 200: { json: object({ request_id: text('request'), state: text('state') }) } }, problems: [403, 404, 409, 410] },
  { method: 'put', path: '/api/v1/access-requests/:request_id/signature', tag: 'access', summary: 'Attach a key to a request made on the web', signed_by: ['consumer'], body: { json: object({ request: ref('Statement') }) }, answers: { 200: { json: ref('MadeRequest') } }, problems: [404, 409, 422] },
  { method: 'post', path: '/api/v1/access-requests/:request_id/withdrawal', tag: 'access', summary: 'Withdraw an own request', signed_by: ['consumer'], body: { json: object({}) }, answers: { 200: { json: { type: 'object' } } }, problems: [404, 409] },
  { method: 'post', path: '/api/v1/access-requests/:request_id/erasure', tag: 'access', summary: 'Erase an own request: name, address, purpose and mails; ends its access', signed_by: ['consumer'], body: { json: object({}) }, answers: { 200: { json: object({ request_id: uuid('request'), erased: { const: true, description: 'nothing of it is left but its acts, and a grant without a name' } }) } }, problems: [404, 503] },
  { method: 'get', path: '/api/v1/grants', tag: 'access', summary: 'Own grants with their acts, live ones first, then newest first', signed_by: ['consumer'], query: PAGING, answers: { 200: { json: object({ grants: list(ref('ConsumerGrant')), next: NEXT }) } } },
  { method: 'get', path: '/api/v1/grants/:grant_id', tag: 'access', summary: 'One grant with its act, for its consumer or for a node of its producer', signed_by: ['node', 'consumer'], answers: { 200: { json: ref('ConsumerGrant') } }, problems: [404] },
  { method: 'get', path: '/api/v1/grants/:grant_id/packages', tag: 'access', summary: 'Key packages of a live grant, each with release statement and proof', signed_by: ['consumer'], answers: { 200: { json: object({ packages: list(ref('KeyPackage')) }) } }, problems: [403, 404] },
  { method: 'post', path: '/api/v1/grants/:grant_id/revocation', tag: 'access', summary: 'Revoke a grant of the node’s producer', signed_by: ['node'], body: { json: object({ revocation: ref('Statement') }) }, answers: { 200: { json: { type: 'object' } } }, problems: [404, 409, 422] },
  {
    method: 'get',
    path: '/api/v1/producers/:producer_id/access-requests',
    tag: 'access',
    summary: 'Requests to a producer, for its node',
    signed_by: ['node'],
    query: { state: { schema: text('states'), description: 'only these states, separated by commas' }, ...PAGING },
    answers: { 200: { json: object({ access_requests: list(ref('ReceivedRequest')), next: NEXT }) } },
    problems: [404],
  },
  { method: 'get', path: '/api/v1/producers/:producer_id/access-requests/:request_id', tag: 'access', summary: 'One request to a producer with its evidence, for its node', signed_by: ['node'], answers: { 200: { json: ref('ReceivedRequest') } }, problems: [404] },
  {
    method: 'post',
    path: '/api/v1/access-requests/:request_id/decision',
    tag: 'access',
    summary: 'Refuse a request, or agree in principle to one without a key, from the node of its producer',
    signed_by: ['node'],
    body: { json: object({ decision: oneOf(['refuse', 'agree'], 'decision'), 'ends_at?': text('until when, for an agreement'), 'note?': text('words to the asker; needed for a refusal') }) },
    answers: { 200: { json: object({ request_id: uuid('request'), state: text('state') }) } },
    problems: [404, 409],
  },
  {
    method: 'put',
    path: '/api/v1/grants/:grant_id',
    tag: 'access',
    summary: 'Bring a grant that the producer signed at its node (custody `producer`)',
    signed_by: ['node'],
    body: { json: object({ grant: ref('Statement'), key_confirmation: oneOf(['person', 'organisation', 'first_use'], 'how it was made sure whose key it is'), 'note?': text('words to the asker') }) },
    answers: { 200: { json: object({ grant_id: uuid('grant'), state: oneOf(['active', 'suspended', 'revoked', 'expired'], 'state') }) } },
    problems: [404, 409, 410, 422],
  },
  {
    method: 'post',
    path: '/api/v1/grants/:grant_id/packages',
    tag: 'access',
    summary: 'Bring a key package that the producer sealed at its node (custody `producer`)',
    signed_by: ['node'],
    body: { json: object({ epoch: whole('epoch', 1), form: oneOf(['age', 'openpgp', 'jwe'], 'form of the package'), package: base64url('the content key sealed to one delivery key'), release: ref('Statement') }) },
    answers: { 200: { json: object({ grant_id: uuid('grant'), epoch: whole('epoch', 1), delivery_fingerprint: text('delivery key') }) } },
    problems: [404, 409, 413, 422],
  },
  { method: 'get', path: '/api/v1/producers/:producer_id/grants', tag: 'access', summary: 'Grants of a producer’s datasets, for its node; live ones first, then newest first', signed_by: ['node'], query: PAGING, answers: { 200: { json: object({ grants: list(ref('ConsumerGrant')), next: NEXT }) } }, problems: [404] },
];
