import { parseDatasetId, parseResourceId, type Resource } from '#catalog-schema';
import { h, type JSX } from 'preact';
import { loadAssets } from '../../portal/web/assets.ts';
import type { Lang } from '../../portal/web/language.ts';
import type { PageContext, SignedIn } from '../../portal/web/page-context.ts';
import { ApplicationsPage } from '../../portal/web/pages/applications.tsx';
import { AskPage, AskSentPage } from '../../portal/web/pages/ask.tsx';
import { ConfirmFailedPage, ConfirmRequestPage, RequestConfirmedPage } from '../../portal/web/pages/confirm-request.tsx';
import type { DatasetData } from '../../portal/web/pages/dataset-data.ts';
import { DatasetPage } from '../../portal/web/pages/dataset.tsx';
import { DecisionPage, type RequestToDecide } from '../../portal/web/pages/decision.tsx';
import { DemoMailsPage } from '../../portal/web/pages/demo-mails.tsx';
import { loadExamples } from '../../portal/web/load-examples.ts';
import { DevelopersPage } from '../../portal/web/pages/developers.tsx';
import { ErrorPage } from '../../portal/web/pages/error.tsx';
import { PasskeysPage } from '../../portal/web/pages/passkeys.tsx';
import { AlarmFailedPage, AlarmPage, AlarmRaisedPage } from '../../portal/web/pages/alarm.tsx';
import { SuspendedPage } from '../../portal/web/pages/suspended.tsx';
import { HelpPage } from '../../portal/web/pages/help.tsx';
import { HomePage } from '../../portal/web/pages/home.tsx';
import { LEGAL_PAGES, LegalPage } from '../../portal/web/pages/legal.tsx';
import type { FollowedRequest } from '../../portal/access/get-followed-request.ts';
import { FollowRequestPage, RequestErasedPage } from '../../portal/web/pages/follow-request.tsx';
import { MePage, WithdrawRequestPage } from '../../portal/web/pages/me.tsx';
import { OfficerPage } from '../../portal/web/pages/officer.tsx';
import { NodeCodePage, OperatorPage } from '../../portal/web/pages/operator.tsx';
import { ProducerPage, ProducersPage } from '../../portal/web/pages/producers.tsx';
import { RevokePage } from '../../portal/web/pages/revoke.tsx';
import { SearchPage } from '../../portal/web/pages/search.tsx';
import { SignInCodePage, SignInFailedPage, SignInLinkPage, SignInPage } from '../../portal/web/pages/sign-in.tsx';
import { VerifyPage } from '../../portal/web/pages/verify.tsx';
import type { CardData } from '../../portal/web/parts/dataset-card.tsx';
import { EMPTY_FORM } from '../../portal/web/parts/form.tsx';
import { renderPage } from '../../portal/web/render-page.ts';
import { wordsOf } from '../../portal/web/words/words.ts';

const NOW = new Date('2026-11-24T09:30:00Z');
const METROPOLE = { producer_id: 'Qm9uam91ci1sZS1wcm9kdWN0ZXVyLWRlLVJlbm5lcyE', name: 'Rennes Métropole (démonstration)' };
const MOBILITES = { producer_id: 'TW9iaWxpdGVzLXJlbm5haXNlcy1kZW1vbnN0cmF0aW8', name: 'Mobilités rennaises (démonstration)' };
const DIGEST = 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' as const;
const FINGERPRINT = '48213 90765 11842 70039 56218 33407';
const DATASET = parseDatasetId('3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84');
const FILE = parseResourceId('7b1d9a52-0f3e-4d8c-a6b4-5e9c2f10d7a3');

function card(number: number, title: string, synopsis: string, more: Partial<CardData> = {}): CardData {
  return {
    dataset_id: `3f0c5f6e-8a1d-4c6b-9f5e-${String(number).padStart(12, '0')}`, title, lang: 'fr', synopsis, theme: 'location', producer: METROPOLE,
    access: 'open', formats: ['CSV'], updated_at: new Date(NOW.getTime() - number * 3.1e8).toISOString(), ...more,
  };
}

const CARDS: readonly CardData[] = [
  card(1, 'Communes de Rennes Métropole', 'Les 43 communes membres de Rennes Métropole, avec leur code INSEE, leur SIREN et leur population.'),
  card(2, 'Demandes de logement social par commune', 'Nombre de demandes, ancienneté et composition des foyers, à la maille de la commune. Accès réservé aux études conventionnées.', { access: 'restricted', theme: 'housing' }),
  card(3, 'Maillage kilométrique autour de Rennes', "Une grille de mailles carrées d'un kilomètre de côté, pour compter et comparer sans dessiner de frontières.", { theme: 'townPlanning', formats: ['GeoJSON'] }),
  card(4, 'Fréquentation moyenne par arrêt', "Montées et descentes moyennes d'un jour de semaine, arrêt par arrêt.", { theme: 'transportation', producer: MOBILITES, formats: ['CSV', 'JSON'] }),
  card(5, 'Bus stops of the night network', 'Where night buses stop, and when. Written in English by its producer.', { lang: 'en', theme: 'transportation', producer: MOBILITES }),
];

const OPEN_FILE: Resource = { kind: 'file', resource_id: FILE, name: 'communes-rennes-metropole.csv', media_type: 'text/csv', body_size: 2214, tree: { alg: 'rfc6962-sha256-1MiB', root: DIGEST }, size: 2214, sha256: DIGEST };
const SEALED_FILE: Resource = {
  kind: 'file', resource_id: FILE, name: 'demandes-logement-social.csv', media_type: 'text/csv', body_size: 18_412, tree: { alg: 'rfc6962-sha256-1MiB', root: DIGEST },
  age: { epoch: 1, recipient: 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj', header_sha256: DIGEST, header_size: 168, pq: false },
};

const OPEN_DATASET: DatasetData = {
  dataset_id: DATASET, version: 7, head_version: 7, status: 'active', frozen: false, title: 'Communes de Rennes Métropole', lang: 'fr',
  synopsis: [{ lang: 'fr', text: 'Les 43 communes membres de Rennes Métropole, avec leur code INSEE, leur SIREN et leur population.' }],
  summary: [{ lang: 'fr', text: "Une ligne par commune. Les populations sont celles du dernier recensement publié.\n\nExtrait du découpage administratif français (millésime 2026), d'après le Code officiel géographique de l'INSEE." }],
  constraints: [], theme: 'location', keywords: ['communes', 'intercommunalité', 'population', 'Rennes'], producer: METROPOLE, access: 'open', custody: 'none', gdpr_sensitive: false,
  licence: 'etalab-2.0', licence_label: undefined, licence_url: undefined, languages: ['fr'], period: { start_at: '2026-01-01T00:00:00Z', end_at: null },
  contacts: [{ name: 'Service des données', email: 'donnees@metropole.example' }],
  closed_since: false,
  resources: [
    OPEN_FILE,
    { kind: 'link', resource_id: FILE, name: 'notice.pdf', media_type: 'application/pdf', url: 'https://data.example.org/notice.pdf', claimed: { size: 343_687 } },
    { kind: 'service', resource_id: FILE, protocol: 'wfs', url: 'https://geo.example.org/wfs', gateway: false },
  ],
  versions: [7, 6, 5].map((version) => ({ version, status: 'active', published_at: new Date(NOW.getTime() - (8 - version) * 6e8).toISOString() })),
  first_published_at: '2026-02-01T08:00:00Z', published_at: '2026-11-21T14:05:00Z', updated_at: '2026-11-20T00:00:00Z',
  proof: { manifest_sha256: DIGEST, signed_by: ['kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'], log_origin: 'localhost:8080/log', logged: { index: 41, size: 1208 }, confirmed: { at: '2026-11-24T03:00:00Z', until: '2026-11-25T03:00:00Z' } },
  asked: false,
};
const SEALED_DATASET: DatasetData = {
  ...OPEN_DATASET, title: 'Demandes de logement social par commune', access: 'restricted', custody: 'portal', theme: 'housing', resources: [SEALED_FILE], gdpr_sensitive: true,
  synopsis: [{ lang: 'fr', text: 'Nombre de demandes, ancienneté et composition des foyers, à la maille de la commune.' }], period: null,
};

const FOLLOW_PATH = '/access-requests/follow/4f8c2a6e-0000-4000-8000-000000000001/abc';
const FOLLOWED: FollowedRequest = {
  request_id: '4f8c2a6e-0000-4000-8000-000000000001', dataset_id: '3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84', title: 'Subventions versées', producer_name: 'Ville de Rennes', state: 'submitted',
  name: 'Anne Rivière', email: 'anne@labo.example', organisation: 'Laboratoire', purpose: 'Étudier', fingerprint: null, note: null, asked_at: '2026-06-01T08:00:00Z', confirmed_at: '2026-06-01T08:02:00Z',
  decided_at: null, ends_undecided_at: '2026-11-28T08:00:00Z', erased_by_clock_at: null, correctable: true, keyless: true, grant: null,
};
const REQUEST: RequestToDecide = {
  request_id: '0b8f5c6a-1f7e-4a4d-9c11-5b1f0a3a7d10', dataset_id: DATASET, title: SEALED_DATASET.title, custody: 'portal', contact_name: 'Maëlle Citoyenne', contact_email: 'citoyenne@exemple.example',
  organisation: "Laboratoire d'étude de l'habitat", purpose: 'Étude sur les délais de relogement, avec la Ville, jusqu\'en juin.\nLes résultats seront publiés par quartier.', state: 'submitted', fingerprint: FINGERPRINT,
  created_at: '2026-11-19T10:00:00Z', decided_at: null, decision_note: null, proposal: null, node_seen_at: null,
};
const NODE_REQUEST: RequestToDecide = { ...REQUEST, custody: 'producer', proposal: { decision: 'approve', by: 'Claire Le Goff', at: '2026-11-24T08:00:00Z' }, node_seen_at: '2026-11-24T09:00:00Z' };
const OPEN_ACCESS = { grant_id: '5c0e7c9c-52a1-4a58-8bb6-60a9a2f3f6aa', title: SEALED_DATASET.title, contact_name: 'Yann Chercheur', organisation: 'Université', ends_at: '2027-06-30T22:00:00Z' };
const NO_FILTERS = { access: [], theme: [], producer: [], format: [], licence: [] };
const FACETS = {
  access: [{ value: 'open', count: 12 }, { value: 'restricted', count: 3 }],
  theme: [{ value: 'location', count: 4 }, { value: 'transportation', count: 3 }, { value: 'citizenship', count: 3 }, { value: 'education', count: 2 }, { value: 'housing', count: 1 }, { value: 'environment', count: 1 }, { value: 'townPlanning', count: 1 }],
  producer: [{ value: METROPOLE.producer_id, count: 12, label: METROPOLE.name }, { value: MOBILITES.producer_id, count: 3, label: MOBILITES.name }],
  format: [{ value: 'CSV', count: 10 }, { value: 'GeoJSON', count: 2 }, { value: 'JSON', count: 2 }],
  licence: [{ value: 'etalab-2.0', count: 11 }, { value: 'odbl-1.0', count: 4 }],
};
const ASKED = { dataset_id: DATASET, title: SEALED_DATASET.title, lang: 'fr', producer: METROPOLE, custody: 'portal' as const };
const WRONG_ASK = { values: { name: 'Maëlle', email: 'maelle@', purpose: 'Étude' }, errors: [{ field: 'email', message: 'Donnez une adresse électronique complète, comme prenom.nom@exemple.fr.' }, { field: 'purpose', message: 'Expliquez votre usage, en 20 caractères au moins et 4 000 au plus.' }, { field: 'conditions', message: 'Cochez la case pour accepter les conditions.' }] };

/** Somebody signed in who may do everything, so that every link of the header is there. */
const EVERYBODY: SignedIn = { member_id: '6d2a1f4e-0c55-4a6b-8a59-0f3b5d1f2c3a', name: 'Dominique Agent', email: 'agent@metropole.example', operator: true, officer_of: [METROPOLE.producer_id], has_passkey: true, confirmed: false };

const MY_REQUEST = { request_id: REQUEST.request_id, dataset_id: DATASET, title: SEALED_DATASET.title, purpose: REQUEST.purpose, created_at: REQUEST.created_at, decided_at: null, decision_note: null };

/** Every page with sample data, by a name of its own; the same components as the portal's, without a portal. */
const PAGES: Readonly<Record<string, { member?: SignedIn; demo?: boolean; path: string; render: (page: PageContext) => JSX.Element }>> = {
  home: { path: '/', render: (page) => h(HomePage, { page, data: { datasets: 15, sealed: 3, producers: 2, acts: 1208, themes: FACETS.theme, newest: CARDS.slice(0, 4), producer_list: [{ ...METROPOLE, datasets: 12 }, { ...MOBILITES, datasets: 3 }] } }) },
  'home-empty': { path: '/', demo: true, render: (page) => h(HomePage, { page, data: { datasets: 0, sealed: 0, producers: 0, acts: 1, themes: [], newest: [], producer_list: [] } }) },
  search: { path: '/datasets', render: (page) => h(SearchPage, { page, data: { state: { q: '', filters: NO_FILTERS, sort: undefined, cursor: undefined }, total: 15, datasets: CARDS, facets: FACETS, next: 'abc', drops: [] } }) },
  'search-filtered': { path: '/datasets?q=communes', render: (page) => h(SearchPage, { page, data: { state: { q: 'communes', filters: { ...NO_FILTERS, theme: ['location', 'housing'], access: ['open'] }, sort: 'title', cursor: 'abc' }, total: 4, datasets: CARDS.slice(0, 2), facets: FACETS, next: null, drops: [] } }) },
  'search-none': { path: '/datasets?q=licornes', render: (page) => h(SearchPage, { page, data: { state: { q: 'licornes', filters: { ...NO_FILTERS, theme: ['housing'] }, sort: undefined, cursor: undefined }, total: 0, datasets: [], facets: { ...NO_FILTERS, access: FACETS.access }, next: null, drops: [{ name: 'q', total: 1 }, { name: 'theme', total: 0 }] } }) },
  dataset: { path: `/datasets/${DATASET}`, render: (page) => h(DatasetPage, { page, data: OPEN_DATASET }) },
  'dataset-sealed': { path: `/datasets/${DATASET}`, render: (page) => h(DatasetPage, { page, data: SEALED_DATASET }) },
  'dataset-old': { path: `/datasets/${DATASET}/versions/5`, render: (page) => h(DatasetPage, { page, data: { ...OPEN_DATASET, version: 5, frozen: true, proof: { ...OPEN_DATASET.proof, logged: null, confirmed: null } } }) },
  'dataset-withdrawn': { path: `/datasets/${DATASET}`, render: (page) => h(DatasetPage, { page, data: { ...OPEN_DATASET, status: 'withdrawn', resources: [], proof: { ...OPEN_DATASET.proof, confirmed: null } } }) },
  ask: { path: `/datasets/${DATASET}/request-access`, render: (page) => h(AskPage, { page, dataset: ASKED, form: EMPTY_FORM }) },
  'ask-wrong': { path: `/datasets/${DATASET}/request-access`, render: (page) => h(AskPage, { page, dataset: ASKED, form: WRONG_ASK }) },
  'ask-signed-in': { path: `/datasets/${DATASET}/request-access`, member: EVERYBODY, render: (page) => h(AskPage, { page, dataset: ASKED, form: EMPTY_FORM }) },
  'ask-sent': { path: `/datasets/${DATASET}/request-access`, demo: true, render: (page) => h(AskSentPage, { page, dataset: ASKED }) },
  confirm: { path: '/access-requests/confirm/abc', render: (page) => h(ConfirmRequestPage, { page, token: 'abc' }) },
  confirmed: { path: '/access-requests/confirm/abc', render: (page) => h(RequestConfirmedPage, { page, follow_path: FOLLOW_PATH }) },
  follow: { path: FOLLOW_PATH, render: (page) => h(FollowRequestPage, { page, request: FOLLOWED, path: FOLLOW_PATH, done: undefined, form: EMPTY_FORM }) },
  follow_granted: { path: FOLLOW_PATH, render: (page) => h(FollowRequestPage, { page, request: { ...FOLLOWED, state: 'active', keyless: false, correctable: false, ends_undecided_at: null, fingerprint: '11111 22222 33333 44444 55555 66666', note: 'Bienvenue', grant: { state: 'active', ends_at: '2027-01-01T00:00:00Z' } }, path: FOLLOW_PATH, done: 'attached', form: EMPTY_FORM }) },
  follow_errors: { path: FOLLOW_PATH, render: (page) => h(FollowRequestPage, { page, request: FOLLOWED, path: FOLLOW_PATH, done: undefined, form: { values: { name: '' }, errors: [{ field: 'name', message: 'x' }, { field: 'erase', message: 'y' }, { field: 'signed', message: 'z' }] } }) },
  erased: { path: FOLLOW_PATH, render: (page) => h(RequestErasedPage, { page }) },
  'confirm-failed': { path: '/access-requests/confirm/abc', render: (page) => h(ConfirmFailedPage, { page }) },
  me: {
    path: '/me', member: EVERYBODY,
    render: (page) => h(MePage, {
      page, email: EVERYBODY.email, done: 'asked',
      consumers: [{ consumer_id: 'anne', name: 'Portable d’Anne', keys: [{ form: 'age', name: 'Portable d’Anne', fingerprint: '33690 01357 21168 76782 34602 09377', not_after: null }, { form: 'openpgp', name: '', fingerprint: '12345 01357 21168 76782 34602 09377', not_after: '2027-11-24T00:00:00Z' }] }, { consumer_id: 'bureau', name: 'Bureau', keys: [] }],
      grants: [{ grant_id: OPEN_ACCESS.grant_id, dataset_id: DATASET, title: SEALED_DATASET.title, state: 'active', starts_at: '2026-11-01T00:00:00Z', ends_at: '2027-02-01T00:00:00Z', ready: true, files: ['demandes-logement-social.csv', 'notice.pdf'] }, { grant_id: REQUEST.request_id, dataset_id: DATASET, title: SEALED_DATASET.title, state: 'active', starts_at: '2026-11-01T00:00:00Z', ends_at: '2027-02-01T00:00:00Z', ready: false, node_seen_at: null, files: [] }],
      requests: [{ ...MY_REQUEST, state: 'submitted' }, { ...MY_REQUEST, state: 'submitted', node_seen_at: '2026-11-24T09:00:00Z' }, { ...MY_REQUEST, state: 'awaiting_key', decided_at: NOW.toISOString(), decision_note: 'Bienvenue.' }, { ...MY_REQUEST, state: 'refused', decided_at: NOW.toISOString(), decision_note: "Cet usage n'entre pas dans la convention." }],
    }),
  },
  'me-empty': { path: '/me', member: { ...EVERYBODY, operator: false, officer_of: [] }, render: (page) => h(MePage, { page, email: EVERYBODY.email, grants: [], requests: [], consumers: [] }) },
  withdraw: { path: `/me/requests/${REQUEST.request_id}/withdraw`, member: EVERYBODY, render: (page) => h(WithdrawRequestPage, { page, request: REQUEST }) },
  officer: { path: '/officer', member: EVERYBODY, render: (page) => h(OfficerPage, { page, producers: [METROPOLE.name], done: 'refused', requests: [REQUEST, { ...REQUEST, state: 'awaiting_key', organisation: '', created_at: '2026-11-23T10:00:00Z' }, NODE_REQUEST, { ...NODE_REQUEST, proposal: null, node_seen_at: null }], grants: [OPEN_ACCESS] }) },
  'officer-empty': { path: '/officer', member: EVERYBODY, render: (page) => h(OfficerPage, { page, producers: [METROPOLE.name], requests: [], grants: [] }) },
  decision: { path: `/officer/requests/${REQUEST.request_id}`, member: EVERYBODY, render: (page) => h(DecisionPage, { page, request: REQUEST, form: { values: { ends_on: '2027-05-24' }, errors: [] }, example: '2027-05-24' }) },
  'decision-node': { path: `/officer/requests/${REQUEST.request_id}`, member: EVERYBODY, render: (page) => h(DecisionPage, { page, request: NODE_REQUEST, form: { values: { ends_on: '2027-05-24' }, errors: [] }, example: '2027-05-24' }) },
  'decision-wrong': { path: `/officer/requests/${REQUEST.request_id}`, member: EVERYBODY, render: (page) => h(DecisionPage, { page, request: REQUEST, form: { values: { ends_on: '' }, errors: [{ field: 'fingerprint_confirmed', message: 'Comparez les chiffres avec la personne, puis cochez la case.' }] }, example: '2027-05-24' }) },
  'decision-no-key': { path: `/officer/requests/${REQUEST.request_id}`, member: EVERYBODY, render: (page) => h(DecisionPage, { page, request: { ...REQUEST, fingerprint: null }, form: EMPTY_FORM, example: '2027-05-24' }) },
  decided: { path: `/officer/requests/${REQUEST.request_id}`, member: EVERYBODY, render: (page) => h(DecisionPage, { page, request: { ...REQUEST, state: 'active', decided_at: NOW.toISOString(), decision_note: 'Bienvenue.' }, form: EMPTY_FORM, example: '2027-05-24', conflict: true }) },
  revoke: { path: `/officer/grants/${OPEN_ACCESS.grant_id}/revoke`, member: EVERYBODY, render: (page) => h(RevokePage, { page, grant: OPEN_ACCESS, form: EMPTY_FORM }) },
  operator: {
    path: '/operator', member: EVERYBODY,
    render: (page) => h(OperatorPage, {
      page, form: EMPTY_FORM, done: 'confirmed',
      data: {
        pending: [{ enrolment_id: 'e1', producer_name: 'Commune de Bruz', invitation_name: 'Ville de Bruz', officer_email: 'agent@bruz.example', fingerprint: FINGERPRINT, created_at: new Date('2026-11-24T08:00:00Z') }],
        invitations: [{ invitation_id: 'i1', name: 'Commune de Cesson', officer_email: 'agent@cesson.example', created_at: new Date('2026-11-20T08:00:00Z'), code_expires_at: new Date('2026-11-27T08:00:00Z') }],
        producers: [{ ...METROPOLE, state: 'active', datasets: 12 }, { ...MOBILITES, state: 'suspended', datasets: 3 }],
        health: { database: 'ok', store: 'ok', broker: 'failing', log: 'ok' },
      },
    }),
  },
  'node-code': { path: '/operator', member: EVERYBODY, render: (page) => h(NodeCodePage, { page, name: 'Commune de Bruz', code: 'K7QM-3XWD-P9TB-4HNC', expires_at: '2026-12-01T09:30:00Z' }) },
  passkeys: { path: '/me/passkeys', member: EVERYBODY, render: (page) => h(PasskeysPage, { page, form: EMPTY_FORM, next_path: '/fr/officer', passkeys: [{ credential_id: 'a', name: 'Téléphone de service', created_at: NOW, last_used_at: NOW }, { credential_id: 'b', name: 'Clé de sécurité', created_at: NOW, last_used_at: null }] }) },
  applications: { path: '/me/applications', member: EVERYBODY, render: (page) => h(ApplicationsPage, { page, calls_per_hour: 5000, done: true, applications: [{ kid: 'k7Qm3XwDp9Tb4Hnc', name: 'Tableau de bord', scopes: ['catalogue:read', 'packages:read'], state: 'active', last_call_at: NOW, calls: 1208 }, { kid: 'p9Tb4Hnck7Qm3XwD', name: '', scopes: [], state: 'stopped', last_call_at: null, calls: 0 }] }) },
  'passkeys-none': { path: '/me/passkeys', member: { ...EVERYBODY, has_passkey: false }, demo: true, render: (page) => h(PasskeysPage, { page, form: { values: {}, errors: [{ field: 'name', message: 'Donnez-lui un nom, en 100 caractères au plus.' }] }, next_path: undefined, passkeys: [] }) },
  'passkeys-added': { path: '/me/passkeys', member: { ...EVERYBODY, confirmed: true }, render: (page) => h(PasskeysPage, { page, form: EMPTY_FORM, next_path: '/fr/officer', done: 'added', passkeys: [{ credential_id: 'a', name: 'Téléphone de service', created_at: NOW, last_used_at: null }] }) },
  'decision-first': { path: `/officer/requests/${REQUEST.request_id}`, member: { ...EVERYBODY, has_passkey: false }, demo: true, render: (page) => h(DecisionPage, { page, request: REQUEST, form: EMPTY_FORM, example: '2027-05-24' }) },
  'error-passkey': { path: '/', render: (page) => h(ErrorPage, { page, problem: { status: 403, code: 'forbidden', reason: 'step_up_needed', request_id: 'r' } }) },
  alarm: { path: '/officer/alarm/abc', render: (page) => h(AlarmPage, { page, token: 'abc', alarm: { title: SEALED_DATASET.title, contact_name: 'Yann Chercheur', decision: 'approved', decided_by: 'Dominique Agent', decided_at: NOW } }) },
  'alarm-raised': { path: '/officer/alarm/abc', render: (page) => h(AlarmRaisedPage, { page, outcome: 'suspended' }) },
  'alarm-failed': { path: '/officer/alarm/abc', render: (page) => h(AlarmFailedPage, { page }) },
  suspended: { path: `/officer/grants/${OPEN_ACCESS.grant_id}/suspended`, member: EVERYBODY, render: (page) => h(SuspendedPage, { page, grant: OPEN_ACCESS, form: EMPTY_FORM }) },
  'officer-suspended': { path: '/officer', member: EVERYBODY, render: (page) => h(OfficerPage, { page, producers: [METROPOLE.name], requests: [], grants: [OPEN_ACCESS], suspended: [{ ...OPEN_ACCESS, grant_id: 'g2' }] }) },
  'sign-in': { path: '/sign-in', render: (page) => h(SignInPage, { page, form: EMPTY_FORM, reason: 'needed', next_path: '/fr/me' }) },
  'sign-in-wrong': { path: '/sign-in', render: (page) => h(SignInPage, { page, form: { values: { email: 'x' }, errors: [{ field: 'email', message: 'Donnez une adresse électronique complète.' }] } }) },
  'sign-in-sent': { path: '/sign-in', render: (page) => h(SignInCodePage, { page, form: EMPTY_FORM, email: 'a@example.org' }) },
  'sign-in-other-browser': { path: '/sign-in', render: (page) => h(SignInCodePage, { page, form: EMPTY_FORM, email: undefined, note: 'other_browser' }) },
  'sign-in-link': { path: '/sign-in/abc', render: (page) => h(SignInLinkPage, { page, token: 'abc' }) },
  'sign-in-failed': { path: '/sign-in/abc', render: (page) => h(SignInFailedPage, { page }) },
  producers: { path: '/producers', render: (page) => h(ProducersPage, { page, producers: [{ ...METROPOLE, domain: null, state: 'active', datasets: 12 }, { ...MOBILITES, domain: null, state: 'active', datasets: 3 }] }) },
  producer: { path: `/producers/${METROPOLE.producer_id}`, render: (page) => h(ProducerPage, { page, producer: { ...METROPOLE, domain: 'metropole.example', state: 'active', datasets: 12 }, datasets: CARDS.slice(0, 3) }) },
  help: { path: '/help', render: (page) => h(HelpPage, { page }) },
  developers: { path: '/developers', render: (page) => h(DevelopersPage, { page, examples: loadExamples() }) },
  verify: { path: '/verify', render: (page) => h(VerifyPage, { page, data: { portal_fingerprint: FINGERPRINT, log: { size: 1208, note: 'localhost:8080/log\n1208\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— localhost:8080/log 8PrK/qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k=\n' }, example_id: DATASET } }) },
  ...Object.fromEntries(LEGAL_PAGES.map((name) => [`legal-${name}`, { path: `/legal/${name}`, render: (page: PageContext) => h(LegalPage, { page, name }) }])),
  'demo-mails': { path: '/demo/mails', demo: true, render: (page) => h(DemoMailsPage, { page, mails: [{ mail_id: 'm1', to_email: 'agent@metropole.example', subject: 'Se connecter à Sceau', text_body: 'Bonjour,\n\nouvrez ce lien :\nhttp://localhost:8080/fr/sign-in/abc\n\nVous publiez ici (http://localhost:8080).\n', created_at: NOW }] }) },
  'error-404': { path: '/', render: (page) => h(ErrorPage, { page, problem: { status: 404, code: 'not_found', request_id: 'r' } }) },
  'error-403': { path: '/', render: (page) => h(ErrorPage, { page, problem: { status: 403, code: 'forbidden', reason: 'csrf', request_id: '3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84' } }) },
  'error-429': { path: '/', render: (page) => h(ErrorPage, { page, problem: { status: 429, code: 'too_many_requests', request_id: 'r' } }) },
  'error-500': { path: '/', render: (page) => h(ErrorPage, { page, problem: { status: 500, code: 'internal', request_id: '3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84' } }) },
};

/** Names of the sample pages. */
export const SAMPLE_PAGES: readonly string[] = Object.keys(PAGES);

/** The HTML of a sample page in a language; undefined for a name that does not exist. */
export function renderSample(name: string, lang: Lang): string | undefined {
  const sample = PAGES[name];
  if (sample === undefined) return undefined;
  const page: PageContext = {
    lang, words: wordsOf(lang), path: `/${lang}${sample.path}`,
    site: { name: 'Sceau, démonstration de Rennes', public_origin: 'https://donnees.example', mail_from: 'portail@donnees.example', legal: { name: 'Rennes Métropole', address: '4 avenue Henri-Fréville, 35200 Rennes', director: 'Odile Perrin', host: undefined, dpo_mail: 'dpo@donnees.example' }, demo: sample.demo === true },
    member: sample.member, csrf_token: sample.member === undefined ? undefined : 'token', now: NOW, asset: loadAssets().urlOf,
  };
  return renderPage(sample.render(page));
}
