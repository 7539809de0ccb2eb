export { type Client, type ClientOptions, type Language, portalOrigin } from './client.ts';
export { type ConsumerClient, createClient } from './create-client.ts';
export { ClientError, type ClientErrorCode, type ErrorFacts } from './errors.ts';

export { helpIn, sayHelpTerm } from './words/help-terms.ts';
export { sayCause } from './words/say-cause.ts';
export { sayRefusal, type ToldRefusal } from './words/say-refusal.ts';

export { type Answer, type Call, plainCall, signedCall } from './wire/call.ts';

export { type ConsumerKeys, generateConsumerKeys, loadConsumerKeys, saveConsumerKeys } from './home/consumer-keys.ts';
export { type Home, openHome } from './home/home-folder.ts';
export { type PinStore, pinsInHome, pinsInMemory } from './home/pin-store.ts';

export { type DatasetMark, type KeySetPlace, mergePins, noPins, type PinOrigin, type Pins, type PortalPin, type ProducerPin, type SeenCheckpoint } from './trust/pins.ts';
export { type MetPortal, meetPortal } from './trust/meet-portal.ts';
export { followLog } from './trust/follow-log.ts';
export { confirmPortal, confirmProducer, findProducerToConfirm, type ProducerToConfirm } from './trust/confirm-party.ts';
export { portalPin, verifyPortalKeys, type VerifiedPortal } from './trust/verify-portal-keys.ts';
export { nameVerdict, type NameVerdict, producerPin, verifyProducerKeys, type VerifiedProducer } from './trust/verify-producer-keys.ts';

export { type DatasetCard, type FacetValue } from './catalogue/dataset-card.ts';
export { type SearchQuery, type SearchResult, searchDatasets } from './catalogue/search-datasets.ts';
export { type DatasetPage, getDataset } from './catalogue/get-dataset.ts';
export { type DatasetVersion, listVersions } from './catalogue/list-versions.ts';
export { findDatasetId } from './catalogue/find-dataset.ts';

export { type Evidence, EVIDENCE_MAX_BYTES, type HeadsEvidence, parseEvidence, type ServedContact } from './evidence/evidence.ts';
export { type BlindedLoggedAct, type LoggedAct, proveAct, type ProvedAct } from './evidence/logged-act.ts';
export { type ContactVerdict } from './evidence/check-contacts.ts';
export { type CurrentVerdict, type Verdict } from './evidence/verdict.ts';
export { type EvidencePolicy, verifyEvidence } from './evidence/verify-evidence.ts';
export { getEvidence, getManifest, type VerifiedVersion, verifyDataset } from './evidence/fetch-evidence.ts';
export { versionsBetween } from './evidence/check-mark.ts';

export { type AccessRequest, type RequestState } from './access/access-request.ts';
export { registerConsumer } from './access/register-consumer.ts';
export { attachRequestKey, type RequestToSign, type WebRequest } from './access/attach-request-key.ts';
export { confirmAccessRequest } from './access/confirm-access-request.ts';
export { listAccessRequests } from './access/list-access-requests.ts';
export { type MadeRequest } from './access/made-request.ts';
export { requestAccess, type RequestContact } from './access/request-access.ts';
export { withdrawAccessRequest } from './access/withdraw-access-request.ts';
export { type OwnRequest } from './access/own-requests.ts';
export { listGrants, type ListedGrant } from './access/list-grants.ts';
export { listKeyPackages } from './access/list-key-packages.ts';
export { grantCovers, type GrantPolicy, verifyGrant, type VerifiedGrant } from './access/verify-grant.ts';
export { type KeyPackage, verifyKeyRelease } from './access/verify-key-release.ts';
export { openKeyPackage } from './access/open-key-package.ts';
export { findGrant, grantPolicy, obtainContentKey, type ObtainedKey } from './access/obtain-content-key.ts';

export { chooseFiles } from './resources/choose-files.ts';
export { getResource, type GotBody, type Output, type Progress } from './resources/get-resource.ts';
export { getSealed, type GotSealed } from './resources/get-sealed.ts';
export { type OpenedFile, openResource } from './resources/open-resource.ts';
export { type OpenedOffline, openOffline, openParcel } from './resources/open-parcel.ts';
export { parcelPaths, readParcel, type SealedParcel } from './resources/sealed-parcel.ts';
