import type { PortalError } from '../errors.ts';
import type { Member, Session } from '../parties/find-session.ts';
import { confirmWithPasskey } from '../parties/passkeys/confirm-with-passkey.ts';
import type { Portal } from '../portal.ts';
import type { PageContext } from './page-context.ts';
import type { FieldError } from './parts/form.tsx';
import { passkeyWords } from './passkey-words.ts';

/** The field of a `PasskeyForm` in which the script puts what the authenticator answered. */
export const PASSKEY_FIELD = 'passkey_response';

/** The member behind a `PasskeyForm`, stepped up where the form brought an answer; commands decide whether that is enough. Refuses as `confirmWithPasskey` does. */
export async function confirmedMember(portal: Portal, session: Session, fields: Readonly<Record<string, string>>): Promise<Member> {
  const answer = fields[PASSKEY_FIELD] ?? '';
  return answer === '' ? session.member : confirmWithPasskey(portal, session, answer);
}

/** What to correct where an error is about the passkey, for `tryForm`: the form is shown again with all that was typed. Undefined for other errors. */
export function sayPasskeyError({ words, lang, path, member }: PageContext, error: PortalError): readonly FieldError[] | undefined {
  const said = passkeyWords(words.passkeys.refused, error.reason);
  if (said === undefined) return undefined;
  const next = new URLSearchParams({ next: path }).toString();
  const missing = error.reason === 'step_up_needed';
  const message = missing && member?.has_passkey === false ? words.passkeys.register_first : missing ? words.passkeys.needed : said;
  return [{ field: 'passkey', message, path: `/${lang}/me/passkeys?${next}` }];
}
