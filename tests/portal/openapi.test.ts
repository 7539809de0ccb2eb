import test from 'ava';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { apiRouters } from '../../portal/app.ts';
import { API_ROUTES } from '../../portal/openapi/openapi.ts';
import { testPortal } from '../support/portal.ts';

test('every route of the API is described, and every described route exists', async (t) => {
  const { portal } = await testPortal(t, { sequencer: false });
  const routed = apiRouters(portal).flatMap((router) =>
    router.stack.flatMap((layer) => layer.methods.filter((method) => method !== 'HEAD').map((method) => `${method.toLowerCase()} ${String(layer.path)}`)),
  );
  t.deepEqual(routed.toSorted(), API_ROUTES.map((route) => `${route.method} ${route.path}`).toSorted());
});

test('the description is whole: every reference leads somewhere, every operation has its own name', async (t) => {
  const portal = await testPortal(t);
  const answer = await portal.call('GET', '/openapi.json');
  t.is(answer.status, 200);
  const { json } = answer;
  t.is(json.openapi, '3.1.0');
  t.is(json.servers[0].url, portal.origin);
  const operations = Object.values(json.paths).flatMap((path) => Object.values(path as object)) as { operationId: string; responses: object }[];
  t.is(new Set(operations.map((operation) => operation.operationId)).size, API_ROUTES.length);
  for (const operation of operations) t.true(Object.keys(operation.responses).includes('400') || Object.keys(operation.responses).includes('200'));
  const own = JSON.stringify({ paths: json.paths, shapes: json.components.responses });
  const references = new Set([...own.matchAll(/"\$ref":"#\/components\/(schemas|responses)\/([^"]+)"/g)].map(([, kind, name]) => `${kind}/${name}`));
  t.true(references.size > 10);
  for (const reference of references) {
    const [kind = '', name = ''] = reference.split('/');
    t.truthy(json.components[kind][name], reference);
  }
});

test('what the portal answers is what the description says', async (t) => {
  const portal = await testPortal(t);
  const producer = await portal.enrolProducer();
  const lab = await portal.registerConsumer();
  await portal.logged();
  const { json } = await portal.call('GET', '/openapi.json');
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const { problem, ...shapes } = json.components.schemas;
  for (const [name, schema] of Object.entries({ ...shapes, problem: { ...problem, $id: undefined, $schema: undefined } })) {
    // The payloads of statements have identifiers of their own and are tested with their gates.
    if (!/^[a-z-]+$/.test(name) || name === 'problem') ajv.addSchema(JSON.parse(JSON.stringify(schema)), `#/components/schemas/${name}`);
  }
  const check = (path: string, status: number, body: unknown) => {
    const schema = json.paths[path].get.responses[status];
    const content = schema.content ?? json.components.responses.Problem.content;
    const validate = ajv.compile(Object.values(content as Record<string, { schema: object }>)[0]?.schema ?? {});
    t.true(validate(body), `${path}: ${ajv.errorsText(validate.errors)}`);
  };
  for (const [path, real, as] of [
    ['/health', '/health'],
    ['/health/live', '/health/live'],
    ['/api/v1/portal', '/api/v1/portal'],
    ['/api/v1/producers', '/api/v1/producers'],
    ['/api/v1/producers/{producer_id}', `/api/v1/producers/${producer.producer_id}`],
    ['/api/v1/enrolments/{enrolment_id}', `/api/v1/enrolments/${producer.enrolment_id}`, producer.keys.api],
    ['/api/v1/log/acts', '/api/v1/log/acts'],
    ['/api/v1/log/proof', '/api/v1/log/proof?index=1'],
    ['/api/v1/log/consistency', '/api/v1/log/consistency?first=1&second=3'],
    ['/api/v1/datasets', '/api/v1/datasets'],
    ['/api/v1/access-requests', '/api/v1/access-requests', lab.identity_key],
    ['/api/v1/grants', '/api/v1/grants', lab.identity_key],
  ] as const) {
    const answer = await portal.call('GET', real, as === undefined ? {} : { as });
    t.is(answer.status, 200, real);
    check(path, 200, answer.json);
  }
  const missing = await portal.call('GET', '/api/v1/datasets/3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84');
  t.is(missing.status, 404);
  check('/api/v1/datasets/{dataset_id}', 404, missing.json);
});
