import { CryptoError } from '#crypto';
import { SchemaError } from '#catalog-schema';
import { ClientError, type ErrorFacts } from '../errors.ts';
import type { Language } from '../client.ts';
import { sayCause } from '../words/say-cause.ts';
import { sayRefusal } from '../words/say-refusal.ts';
import { isWordKey, type Say, type WordKey } from '../words/words.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';

/** An error as a person is told, as a program is told, and what the process returns. */
export interface ExplainedError {
  lines: string[];
  json: { error: { code: string; detail: string; reason?: string } };
  exit_code: ExitCode;
}

// Reasons for which there is a better sentence than that of the code.
const BY_REASON: Readonly<Record<string, WordKey>> = {
  open_dataset: 'error.open_dataset',
  purpose: 'error.purpose',
  contact: 'error.contact',
  elsewhere: 'error.elsewhere',
  no_grant: 'error.no_grant',
  revoked: 'error.revoked',
  grant_revoked: 'error.revoked',
  suspended: 'error.suspended',
  grant_suspended: 'error.suspended',
  expired: 'error.expired',
  grant_expired: 'error.expired',
  challenge_unanswered: 'error.challenge_unanswered',
  key_of_device: 'error.key_of_device',
  key_in_use: 'error.key_in_use',
  own_device: 'error.own_device',
  openpgp_too_large: 'error.openpgp_too_large',
  openpgp_malformed: 'error.openpgp_malformed',
  openpgp_secret_key: 'error.openpgp_secret_key',
  openpgp_too_many_parts: 'error.openpgp_too_many_parts',
  openpgp_revoked: 'error.openpgp_revoked',
  openpgp_expired: 'error.openpgp_expired',
  openpgp_no_encryption: 'error.openpgp_no_encryption',
  openpgp_weak: 'error.openpgp_weak',
  openpgp_not_bare: 'error.openpgp_not_bare',
  key_not_allowed: 'error.key_not_allowed',
  malformed_key: 'error.malformed_key',
};

/** Explains an error in the words of the session. */
export function explainError(error: unknown, say: Say, language: Language): ExplainedError {
  if (error instanceof ClientError) {
    // The signal's own handler has said it already.
    if (error.code === 'interrupted') return { lines: [], json: { error: { code: error.code, detail: error.detail } }, exit_code: exitCodeOf(error.code) };
    const facts = inWordsOf(language, error);
    const better = error.reason === undefined ? undefined : BY_REASON[error.reason];
    const key = `error.${error.code}`;
    let sentence = better === undefined ? '' : say(better, facts);
    // A better sentence is one only where its values are known.
    if (sentence === '' || /\{[a-z_]+\}/.test(sentence)) sentence = isWordKey(key) ? say(key, facts) : error.detail;
    if (/\{[a-z_]+\}/.test(sentence)) sentence = error.detail;
    const lines = [sentence];
    const reason = error.reason;
    if (reason !== undefined && better === undefined && !sentence.includes(reason)) lines.push(`  ${say('error.reason', { reason })}`);
    if (typeof facts['request_id'] === 'string') lines.push(`  ${say('error.request_id', { request_id: facts['request_id'] })}`);
    return { lines, json: { error: { code: error.code, detail: error.detail, ...(reason === undefined ? {} : { reason }) } }, exit_code: exitCodeOf(error.code) };
  }
  const code = error instanceof CryptoError || error instanceof SchemaError ? error.code : 'unexpected';
  const why = error instanceof Error ? error.message : String(error);
  return { lines: [say('error.unexpected', { why })], json: { error: { code, detail: why } }, exit_code: error instanceof SchemaError ? 2 : 1 };
}

/** The facts of an error, what the portal said of its refusal in the reader's language. */
function inWordsOf(language: Language, error: ClientError): ErrorFacts {
  const { why, refusal } = error.facts;
  if (error.code === 'portal_away' && typeof why === 'string') return { ...error.facts, why: sayCause(language, why) };
  if (typeof why !== 'string' || typeof refusal !== 'string') return error.facts;
  return { ...error.facts, why: sayRefusal(language, { code: refusal, reason: error.reason, detail: why }) };
}
