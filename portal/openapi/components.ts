import { SCHEMAS } from '#catalog-schema';
import { base64url, flag, instant, type JsonSchema, list, object, oneOf, orNull, ref, text, uuid, whole } from './describe.ts';

const digest: JsonSchema = { type: 'string', pattern: '^sha256:[A-Za-z0-9_-]{43}$', description: '`sha256:` and 43 characters of unpadded base64url' };

const STATES = ['draft', 'submitted', 'awaiting_key', 'approved', 'active', 'refused', 'withdrawn', 'expired'] as const;

/** Shapes of the API that are no signed statements: those are the schemas of the catalogue, embedded beside them. */
const SHAPES: Readonly<Record<string, JsonSchema>> = {
  Digest: digest,
  Statement: object(
    {
      payload: base64url('the payload: canonical JSON (RFC 8785) of the schema that the type names'),
      signatures: list(object({ protected: base64url('header with exactly alg, kid and typ'), signature: base64url('64 bytes') })),
    },
    'A signed statement: JWS General JSON (RFC 7515) with embedded payload',
  ),
  InclusionProof: object(
    {
      log_origin: text('name of the log'),
      index: whole('place of the leaf'),
      size: whole('leaves under the checkpoint', 1),
      path: list(base64url('a hash of 32 bytes'), 'nearest sibling first (RFC 6962)'),
      checkpoint: text('signed note (C2SP tlog-checkpoint)'),
    },
    'Proof that an act stands in the public log',
  ),
  ProvedAct: object({ leaf: base64url('exact bytes of the act'), proof: ref('InclusionProof') }),
  PartyAct: object({ leaf: base64url('exact bytes of the act'), proof: ref('InclusionProof'), blind_key: base64url('key under which subject and actor are blinded') }),
  PortalFacts: object({
    portal_id: text('hash of the portal’s first key set'),
    name: text('name of the portal'),
    public_origin: text('where it is reached'),
    key_sets: list(ref('Statement'), 'portal-keys+jws, oldest first'),
    fingerprint: text('thirty digits of the newest key set'),
    now: instant('the portal’s clock'),
  }),
  Producer: object({
    producer_id: text('hash of the producer’s first key set'),
    name: text('name'),
    domain: orNull(text('domain'), 'null when it names none'),
    state: oneOf(['active', 'suspended'], 'state'),
    datasets: whole('datasets that are not withdrawn'),
  }),
  DatasetCard: object({
    dataset_id: uuid('dataset'),
    title: text('title'),
    lang: text('language of title and synopsis'),
    synopsis: text('two lines'),
    theme: orNull(text('theme'), 'null when none fits'),
    keywords: list(text('keyword')),
    producer: object({ producer_id: text('producer'), name: text('its name') }),
    access: oneOf(['open', 'restricted'], 'who may read'),
    custody: oneOf(['none', 'portal', 'producer'], 'who holds the content key'),
    licence: orNull(text('licence'), 'null when none is given'),
    formats: list(text('format')),
    version: whole('newest version', 1),
    published_at: instant('when the newest version was published'),
    updated_at: instant('when the data were updated'),
  }),
  Contact: object({ contact_id: text('contact in the manifest'), salt: base64url('salt of the commitment'), contact: { type: 'object', description: 'the contact itself' } }, 'What opens the commitment to a person in a manifest'),
  Evidence: object(
    {
      dataset_id: uuid('dataset'),
      version: whole('version', 1),
      manifest: ref('Statement'),
      act: orNull(ref('ProvedAct'), 'null as long as the log has not integrated it'),
      producer_key_sets: list(ref('Statement')),
      producer_key_acts: list(ref('ProvedAct')),
      portal_key_sets: list(ref('Statement')),
      heads: orNull(
        object({
          statement: ref('Statement'),
          entry: { type: 'array', prefixItems: [uuid('dataset'), whole('version', 1), ref('Digest')], items: false, minItems: 3, maxItems: 3, description: 'dataset, version and digest of the manifest, as they stand in the tree; the version may be another one than asked for' },
          entry_index: whole('place of the entry'),
          path: list(base64url('a step of 32 bytes')),
          size: whole('entries of the tree', 1),
        }),
        'the producer’s newest heads with this dataset’s entry and its path; null when there are none',
      ),
      contacts: list(ref('Contact')),
    },
    'Everything with which anyone can check a version offline',
  ),
  Upload: object({ upload_id: uuid('upload'), part_size: whole('bytes of every part but the last', 1), parts_done: list(whole('part')), state: oneOf(['open', 'complete'], 'state') }),
  Epoch: object({
    epoch: whole('epoch', 1),
    custody: oneOf(['portal', 'producer'], 'who holds its content key'),
    recipient: text('recipient of its content key'),
    since: instant('when it began'),
    spent: flag('whether new bodies need a later epoch'),
    reason: orNull(oneOf(['grant_revoked', 'grant_suspended', 'grant_expired', 'too_old'], 'why'), 'null while it serves'),
  }),
  OwnRequest: object({
    request_id: uuid('request'),
    dataset_id: uuid('dataset'),
    title: text('title of the dataset'),
    producer_id: text('producer'),
    custody: oneOf(['none', 'portal', 'producer'], 'who holds the content key, so who decides'),
    state: oneOf(STATES, 'state'),
    purpose: text('what the data are for'),
    fingerprint: orNull(text('thirty digits of the consumer'), 'null as long as no key signed'),
    created_at: instant('when it was made'),
    decided_at: orNull(instant('when it was decided'), 'null as long as it waits'),
    decision_note: orNull(text('what the officer wrote'), 'null when nothing'),
  }),
  ReceivedRequest: object(
    {
      request_id: uuid('request'),
      dataset_id: uuid('dataset'),
      state: oneOf(STATES, 'state'),
      purpose: text('what the data are for; its digest is in the signed request'),
      contact: object({ name: text('name'), email: text('confirmed address'), organisation: text('organisation, may be empty') }),
      request: orNull(ref('Statement'), 'the signed request; null as long as no key signed'),
      consumer_key_sets: orNull(list(ref('Statement')), 'key sets of whoever signed, oldest first; null as long as no key signed'),
      proposal: orNull({ type: 'object' }, 'what an officer proposed on the portal, where only the node decides; null when nobody did'),
      grant_id: orNull(uuid('grant'), 'null as long as there is none'),
    },
    'A request with what a node needs to verify it without believing the portal',
  ),
  MadeRequest: object({ request_id: uuid('request'), state: oneOf(STATES, 'state'), fingerprint: orNull(text('thirty digits of the consumer'), 'null as long as no key signed') }),
  ConsumerGrant: object({
    grant: ref('Statement'),
    act: orNull(ref('PartyAct'), 'null as long as the log has not integrated it'),
    state: oneOf(['active', 'suspended', 'revoked', 'expired'], 'state now'),
    dataset_id: uuid('dataset'),
    title: text('title of the dataset'),
    starts_at: instant('from'),
    ends_at: instant('until'),
    epochs: list(whole('epoch', 1), 'epochs whose key packages are ready'),
    'consumer_key_sets?': list(ref('Statement'), 'in lists for a node: key sets of the consumer, oldest first'),
  }),
  KeyPackage: object({
    epoch: whole('epoch', 1),
    delivery_fingerprint: text('thirty digits of the delivery key that it is sealed to'),
    form: oneOf(['age', 'openpgp', 'jwe'], 'form of the package'),
    package: base64url('the content key sealed to one delivery key'),
    release: ref('Statement'),
    act: ref('PartyAct'),
  }),
};

/** Every schema of the description: the shapes of the API, the problem document, and the payloads of statements under their file names. */
export function componentSchemas(): Record<string, unknown> {
  return { ...SHAPES, ...SCHEMAS };
}
