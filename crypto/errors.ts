/** Every reason for which this folder refuses bytes or arguments; one code, one reason. */
export type CryptoErrorCode =
  // text encodings and JSON
  | 'malformed_base64url'
  | 'malformed_hex'
  | 'malformed_digest'
  | 'malformed_utf8'
  | 'malformed_json'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'too_deep'
  | 'too_large'
  | 'number_out_of_range'
  | 'lone_surrogate'
  | 'not_canonical'
  | 'not_json'
  // keys
  | 'malformed_key'
  | 'key_not_allowed'
  | 'algorithm_not_allowed'
  // statements
  | 'malformed_statement'
  | 'header_not_allowed'
  | 'wrong_type'
  | 'unknown_key'
  | 'repeated_key'
  | 'bad_signature'
  | 'threshold_not_met'
  // key sets
  | 'malformed_key_set'
  | 'key_reused'
  | 'chain_broken'
  | 'party_mismatch'
  | 'recovery_not_effective'
  // age recipients, headers, content keys
  | 'malformed_recipient'
  | 'malformed_identity'
  | 'no_recipient'
  | 'mixed_recipients'
  | 'malformed_content_key'
  | 'recipient_mismatch'
  | 'header_too_large'
  | 'header_size_mismatch'
  | 'header_digest_mismatch'
  | 'header_malformed'
  | 'header_stanza_count'
  | 'stanza_not_allowed'
  | 'wrong_recipient'
  | 'header_mac'
  // delivery keys and what is sealed to them
  | 'openpgp_too_large'
  | 'openpgp_malformed'
  | 'openpgp_secret_key'
  | 'openpgp_too_many_parts'
  | 'openpgp_revoked'
  | 'openpgp_expired'
  | 'openpgp_no_encryption'
  | 'openpgp_weak'
  | 'openpgp_not_bare'
  | 'openpgp_unreadable'
  | 'jwe_malformed'
  | 'jwe_header_not_allowed'
  | 'jwe_authentication'
  | 'package_mismatch'
  // bodies
  | 'body_size_impossible'
  | 'leaf_count_mismatch'
  | 'tree_mismatch'
  | 'leaf_mismatch'
  | 'truncated'
  | 'trailing_bytes'
  | 'chunk_authentication'
  | 'empty_last_chunk'
  | 'counter_exhausted'
  | 'source_changed'
  // commitments
  | 'malformed_salt'
  // log
  | 'empty_tree'
  | 'malformed_proof'
  | 'proof_mismatch'
  | 'malformed_checkpoint'
  | 'checkpoint_origin'
  | 'checkpoint_signature'
  | 'cosignature_invalid'
  // signed calls
  | 'signature_missing'
  | 'signature_repeated'
  | 'signature_input_malformed'
  | 'signature_malformed'
  | 'target_malformed'
  | 'body_not_covered'
  | 'content_digest_malformed'
  | 'content_type_malformed'
  | 'origin_unknown'
  | 'lifetime_too_long'
  | 'created_in_future'
  | 'signature_expired'
  | 'malformed_nonce';

/** A refusal of the cryptographic layer: `code` is for programs, `detail` for people, `cause` for whoever debugs. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode;
  readonly detail: string;

  constructor(code: CryptoErrorCode, detail: string, cause?: unknown) {
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'CryptoError';
    this.code = code;
    this.detail = detail;
  }
}
