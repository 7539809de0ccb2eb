import { resetPasskeys } from '../../parties/passkeys/reset-passkeys.ts';
import type { Outcome, Session } from '../terminal.ts';
import { COMMAND_LINE, withPortal } from '../with-portal.ts';

/** `sceau-portal reset-passkeys`: removes the passkeys of a member who lost them, operators included: whoever is at this machine may. */
export async function resetPasskeysCommand(session: Session, { email }: { email: string }): Promise<Outcome> {
  return withPortal(session, async (portal) => {
    const reset = await resetPasskeys(portal, COMMAND_LINE, { email });
    return { json: reset, lines: [session.words.reset_passkeys.done(reset.email, reset.removed)] };
  });
}
