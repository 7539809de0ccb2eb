import type { Language } from '../client.ts';

// What networks and runtimes call their failures, by code or by their English sentence.
const CAUSES: readonly [pattern: RegExp, fr: string, en: string][] = [
  [/^ECONNREFUSED$/, 'personne n\'écoute à cette adresse', 'nothing listens at this address'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'ce nom est inconnu du réseau', 'the network does not know this name'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$|aborted due to timeout/, 'délai dépassé', 'it took too long'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$|other side closed/, 'la connexion a été coupée', 'the connection was cut'],
  [/^(EHOSTUNREACH|ENETUNREACH)$/, 'le réseau n\'y mène pas', 'the network does not lead there'],
  [/^bad port$/, 'ce port n\'est pas permis', 'this port is not allowed'],
  [/^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_VERIFY|ERR_TLS)/, 'son certificat n\'est pas accepté', 'its certificate is not accepted'],
];

/** Why a portal could not be reached, in the reader's language, the code kept where there is one; unknown causes stay as they are. */
export function sayCause(language: Language, cause: string): string {
  const known = CAUSES.find(([pattern]) => pattern.test(cause));
  if (known === undefined) return cause;
  const said = language === 'fr' ? known[1] : known[2];
  return /^[A-Z_]+$/.test(cause) ? `${said}, ${cause}` : said;
}
