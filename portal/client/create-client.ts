import type { FileResource } from '#catalog-schema';
import type { AccessRequest } from './access/access-request.ts';
import { attachRequestKey, type RequestToSign, type WebRequest } from './access/attach-request-key.ts';
import { confirmAccessRequest } from './access/confirm-access-request.ts';
import { listAccessRequests } from './access/list-access-requests.ts';
import type { MadeRequest } from './access/made-request.ts';
import { requestAccess, type RequestContact } from './access/request-access.ts';
import { eraseAccessRequest } from './access/erase-access-request.ts';
import { withdrawAccessRequest } from './access/withdraw-access-request.ts';
import { listGrants, type ListedGrant } from './access/list-grants.ts';
import { type DatasetPage, getDataset } from './catalogue/get-dataset.ts';
import { type DatasetVersion, listVersions } from './catalogue/list-versions.ts';
import { type SearchQuery, type SearchResult, searchDatasets } from './catalogue/search-datasets.ts';
import { type Client, type ClientOptions, makeClient } from './client.ts';
import type { Evidence } from './evidence/evidence.ts';
import { getEvidence, type VerifiedVersion, verifyDataset } from './evidence/fetch-evidence.ts';
import { getResource, type GotBody, type Output } from './resources/get-resource.ts';
import { type OpenedFile, openResource } from './resources/open-resource.ts';

/** A client of one portal, with what it can do as methods; each is also a function of its own that takes the client first. */
export interface ConsumerClient extends Client {
  /** Looks into the catalogue: the portal's word. */
  search(query?: SearchQuery): Promise<SearchResult>;
  /** One dataset as the catalogue shows it: the portal's word. */
  getDataset(dataset_id: string): Promise<DatasetPage>;
  /** The versions as the portal lists them. */
  versions(dataset_id: string): Promise<DatasetVersion[]>;
  /** The evidence of a version (the newest unless told), unverified. */
  evidence(dataset_id: string, version?: number): Promise<Evidence>;
  /** Fetches and verifies a version: from here on it is the producer's word. */
  verify(dataset_id: string, o?: { version?: number }): Promise<VerifiedVersion>;
  /** The stored body of a file of a verified version: of open data the file itself. */
  get(version: VerifiedVersion, resource: FileResource, output: Output): Promise<GotBody>;
  /** A file of a verified version in the clear; sealed ones need a grant. */
  open(version: VerifiedVersion, resource: FileResource, output: Output): Promise<OpenedFile>;
  /** Asks for access to a restricted dataset. */
  ask(o: { dataset_id: string; purpose: string; contact: RequestContact }): Promise<MadeRequest>;
  /** Attaches this client's key to a request made on the web. */
  attachKey(o: WebRequest): Promise<MadeRequest & RequestToSign>;
  /** Confirms a request by the code of the mail. */
  confirm(request_id: string, code: string): Promise<string>;
  /** Takes a request back. */
  withdraw(request_id: string): Promise<void>;
  /** Has a request erased, with its name and address; its access ends. */
  erase(request_id: string): Promise<void>;
  /** The consumer's requests. */
  requests(): Promise<AccessRequest[]>;
  /** The consumer's grants. */
  grants(): Promise<ListedGrant[]>;
}

/**
 * A client of one portal. Nothing is read or called before it is needed. Refuses with `bad_input` what is no web address and with
 * `insecure_portal` plain http to another machine.
 */
export function createClient(options: ClientOptions): ConsumerClient {
  const client = makeClient(options);
  return {
    ...client,
    search: (query) => searchDatasets(client, query),
    getDataset: (dataset_id) => getDataset(client, dataset_id),
    versions: (dataset_id) => listVersions(client, dataset_id),
    evidence: (dataset_id, version) => getEvidence(client, dataset_id, version),
    verify: (dataset_id, o) => verifyDataset(client, dataset_id, o),
    get: (version, resource, output) => getResource(client, version, resource, output),
    open: (version, resource, output) => openResource(client, version, resource, output),
    ask: (o) => requestAccess(client, o),
    attachKey: (o) => attachRequestKey(client, o),
    confirm: (request_id, code) => confirmAccessRequest(client, request_id, code),
    withdraw: (request_id) => withdrawAccessRequest(client, request_id),
    erase: (request_id) => eraseAccessRequest(client, request_id),
    requests: () => listAccessRequests(client),
    grants: () => listGrants(client),
  };
}
