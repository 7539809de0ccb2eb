import { decodeBase64url, parseStrictJson, utf8 } from '#crypto';
import { passkeyRefused } from './passkey-refused.ts';

/** What an authenticator answered, as the page sends it: WebAuthn's JSON form (Level 3 §5.1.8), every member of it text. */
export interface PasskeyAnswer {
  id: string;
  response: Readonly<Record<string, string>>;
  transports: readonly string[];
  /** What the browser says it signed: not yet believed. */
  client: { challenge: string; origin: string };
}

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];
const ANSWER_MAX_BYTES = 32 * 1024;

/** Reads the answer of an authenticator without believing it; `bad_evidence` (`passkey_malformed`) for anything of another shape. */
export function readAnswer(text: string): PasskeyAnswer {
  const answer = asRecord(readJson(utf8(text)));
  const response = asRecord(answer['response']);
  const texts = Object.fromEntries(Object.entries(response).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
  const client = asRecord(readJson(bytesOf(texts['clientDataJSON'])));
  const { id, rawId, type } = answer;
  const { challenge, origin } = client;
  if (typeof id !== 'string' || id !== rawId || type !== 'public-key' || typeof challenge !== 'string' || typeof origin !== 'string') throw malformed();
  bytesOf(id);
  const transports = Array.isArray(response['transports']) ? TRANSPORTS.filter((one) => Array.isArray(response['transports']) && response['transports'].includes(one)) : [];
  return { id, response: texts, transports, client: { challenge, origin } };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, { maxBytes: ANSWER_MAX_BYTES });
  } catch (cause) {
    throw malformed(cause);
  }
}

function bytesOf(text: unknown): Uint8Array {
  try {
    if (typeof text === 'string' && text !== '') return decodeBase64url(text);
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed();
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return Object.fromEntries(Object.entries(value));
}

function malformed(cause?: unknown) {
  return passkeyRefused('passkey_malformed', 'The answer of the authenticator cannot be read.', cause);
}
