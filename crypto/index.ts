export { CryptoError, type CryptoErrorCode } from './errors.ts';
export { concatBytes, decodeHex, encodeHex, equalBytes, randomBytes, sha256, utf8 } from './bytes.ts';
export { decodeBase64url, encodeBase64url } from './base64url.ts';
export { type Digest, digestBytes, digestFromBytes, digestFromHex, digestOf, hexOfDigest } from './digest.ts';

export { canonicalBytes, parseCanonicalJson } from './json/canonical-json.ts';
export {
  decodeUtf8,
  JSON_MAX_BYTES,
  JSON_MAX_DEPTH,
  type JsonLimits,
  type JsonValue,
  parseStrictJson,
} from './json/strict-json.ts';

export {
  algorithmOf,
  parsePublicJwk,
  type PublicJwk,
  type SignatureAlgorithm,
  thumbprint,
  verifySignature,
} from './key/public-key.ts';
export { exportSigningKey, generateSigningKey, importSigningKey, signBytes, type SigningKey } from './key/signing-key.ts';

export {
  parseStatement,
  payloadBytes,
  readUnverifiedPayload,
  type Statement,
  STATEMENT_MAX_BYTES,
  STATEMENT_MAX_SIGNATURES,
  statementDigest,
  type StatementSignature,
} from './statement/statement.ts';
export { signStatement } from './statement/sign-statement.ts';
export { type StatementPolicy, type VerifiedStatement, verifyStatement } from './statement/verify-statement.ts';

export { type KeySetKey, type KeySetType, keyWithRole, partyIdOf, signingRole, type VerifiedKeySet } from './key-set/key-set.ts';
export { signKeySet } from './key-set/sign-key-set.ts';
export { type KeySetChainPolicy, verifyKeySetChain } from './key-set/verify-key-set-chain.ts';

export {
  type AgeIdentity,
  generateAgeIdentity,
  identityKind,
  type RecipientKind,
  recipientKind,
  recipientOf,
} from './age/recipient.ts';
export { HEADER_MAX_BYTES, headerLength, openHeader } from './age/header.ts';
export { openSealedStream, sealStream } from './age/sealed-stream.ts';
export { openText, SEALED_TEXT_MAX_BYTES, SEALED_TEXT_MAX_RECIPIENTS, sealText } from './age/sealed-text.ts';
export { type ContentKey, generateContentKey, parseContentKey } from './age/content-key.ts';

export { checkDeliveryKey, deliveryFingerprint, type DeliveryForm, type DeliveryKey } from './delivery/delivery-key.ts';
export { type DeliveryJwk, type DeliveryKeyPair, generateDeliveryJwk, importDeliveryJwk, parseDeliveryJwk, publicHalf } from './delivery/jwe-key.ts';
export { type Binding } from './delivery/jwe-text.ts';
export { type BareOpenpgpKey, bareOpenpgpKey } from './delivery/openpgp-key.ts';
export { type DeliverySecret, openDelivery, sealDelivery } from './delivery/sealed-delivery.ts';
export { mayCarry, openKeyPackage, type PackagePurpose, sealKeyPackage } from './delivery/key-package.ts';

export { type ByteSink, bytesOf, type ByteSource, collect } from './body/byte-stream.ts';
export { CHUNK_SIZE, chunkCount, plaintextSize, sealedSize } from './body/chunk-cipher.ts';
export { bodyLeafHash, type BodyTree, LEAF_HASH_SIZE, LEAF_SIZE, leafCount, rootOfLeaves, TreeHasher } from './body/body-tree.ts';
export { type HashedBody, hashBody } from './body/hash-body.ts';
export { createLeafVerifier, type ExpectedBody, type LeafVerifier, verifyLeafList } from './body/leaf-verifier.ts';
export { openBody, type SealedBodyToOpen } from './body/open-body.ts';
export { createStreamOpener, openStream, type StreamOpener } from './body/open-stream.ts';
export { sealBody, type SealedBody } from './body/seal-body.ts';
export { type FileToSeal, sealFile, type SealedFile } from './file/seal-file.ts';
export { type FileToOpen, openFile } from './file/open-file.ts';
export { hashFile } from './file/hash-file.ts';
export { THREADS_WORTH_BYTES } from './file/run-units.ts';

export { fingerprintOf } from './fingerprint.ts';
export { checkCommitment, type Commitment, commitTo } from './commitment.ts';
export { type BlindedSubject, blindSubject, checkBlindSubject } from './blind-subject.ts';

export { appendHashes, type StoredHash } from './log/append-hashes.ts';
export { type Cosignature, cosignCheckpoint, verifyCosignatures, type Witness } from './log/cosignature.ts';
export { type Checkpoint, signCheckpoint, verifyCheckpoint } from './log/checkpoint.ts';
export { type Consistency, consistencyPath, verifyConsistency } from './log/consistency.ts';
export { type Inclusion, inclusionPath, verifyInclusion } from './log/inclusion.ts';
export { type HashOf, hashesOf, leafHash, nodeHash, rootOfSize, treeRoot } from './log/merkle-tree.ts';
export { parseVkey, vkeyOf } from './log/signed-note.ts';
export { inclusionProof, type InclusionProof, parseProof, verifyProof } from './log/verify-proof.ts';

export { type ReceivedRequest, type RequestPolicy, type VerifiedRequest, verifyRequest } from './http/verify-request.ts';
export { type RequestToSign, signRequest } from './http/sign-request.ts';
export { readContentDigest, writeContentDigest } from './http/content-digest.ts';
