import type { ClientErrorCode } from '../errors.ts';

/** What the command line returns: 0 done · 1 failed · 2 usage · 3 refused or not granted · 4 portal away · 5 verification failed · 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;

const EXIT_CODES: Readonly<Record<ClientErrorCode, ExitCode>> = {
  interrupted: 130,
  bad_input: 2, portal_not_chosen: 2, insecure_portal: 2,
  home_unusable: 1, home_too_open: 1, home_damaged: 1, home_busy: 1, keys_missing: 1, keys_exist: 1,
  file_unreadable: 1, output_exists: 1, output_unwritable: 1, disk_full: 1,
  portal_away: 4, portal_failed: 4, too_many_requests: 4,
  portal_refused: 1, answer_malformed: 1, not_found: 1, conflict: 1, clock_off: 1,
  not_granted: 3, not_recognised: 3, grant_not_live: 3, package_missing: 3,
  portal_keys_refused: 5, portal_changed: 5, portal_keys_forked: 5, portal_keys_shorter: 5,
  producer_keys_refused: 5, producer_keys_forked: 5, producer_keys_shorter: 5, producer_mismatch: 5,
  evidence_malformed: 5, manifest_refused: 5, manifest_key_not_in_force: 5, manifest_key_retired: 5, manifest_schema: 5, dataset_mismatch: 5,
  dataset_moved: 5, version_rolled_back: 5, equivocation: 5, history_missing: 5, history_broken: 5,
  not_in_log: 5, log_proof_refused: 5, act_mismatch: 5, log_forked: 5, heads_refused: 5, heads_rolled_back: 5, heads_mismatch: 5, stale: 5,
  grant_refused: 5, grant_mismatch: 5, grant_without_request: 5, release_refused: 5, release_mismatch: 5, package_refused: 5, content_key_mismatch: 5,
  own_keys_forked: 5, delivery_key_refused: 1, challenge_refused: 1, key_unknown: 1, device_code_refused: 1, backup_refused: 1, backup_unknown: 3,
  leaves_refused: 5, range_refused: 5, encoding_refused: 5, body_long: 5, body_refused: 5, header_refused: 5, content_refused: 5,
  // A connection that ends early is a network that failed; bytes that were verified are kept.
  body_short: 4,
};

/** The exit code for an error's code. */
export function exitCodeOf(code: ClientErrorCode): ExitCode {
  return EXIT_CODES[code];
}
