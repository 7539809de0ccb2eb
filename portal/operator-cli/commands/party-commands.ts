import { createNodeCode } from '../../parties/create-node-code.ts';
import { createOperator } from '../../parties/create-operator.ts';
import { inviteProducer } from '../../parties/invite-producer.ts';
import type { Outcome, Session } from '../terminal.ts';
import { COMMAND_LINE, withPortal } from '../with-portal.ts';

/** `sceau-portal create-operator`. */
export async function createOperatorCommand(session: Session, options: { email: string; name: string; language?: string }): Promise<Outcome> {
  return withPortal(session, async (portal) => {
    const member = await createOperator(portal, COMMAND_LINE, { email: options.email, name: options.name, language: options.language ?? session.lang });
    return { json: { member_id: member.member_id, email: member.email }, lines: [session.words.create_operator.done(member.email)] };
  });
}

/** `sceau-portal invite-producer`: the invitation and its first code. */
export async function inviteProducerCommand(session: Session, options: { name: string; officerEmail: string; officerName: string }): Promise<Outcome> {
  return withPortal(session, async (portal) => {
    const { invitation_id } = await inviteProducer(portal, COMMAND_LINE, {
      name: options.name,
      officer_email: options.officerEmail,
      officer_name: options.officerName,
      language: session.lang,
    });
    const code = await createNodeCode(portal, COMMAND_LINE, { invitation_id });
    return {
      json: { invitation_id, code: code.code, expires_at: code.expires_at },
      lines: [session.words.invite_producer.done(options.name, invitation_id), '', ...codeLines(session, code, portal.config.public_origin)],
    };
  });
}

/** `sceau-portal node-code`. */
export async function nodeCodeCommand(session: Session, invitation_id: string): Promise<Outcome> {
  return withPortal(session, async (portal) => {
    const code = await createNodeCode(portal, COMMAND_LINE, { invitation_id });
    return { json: { invitation_id, code: code.code, expires_at: code.expires_at }, lines: codeLines(session, code, portal.config.public_origin) };
  });
}

function codeLines(session: Session, code: { code: string; expires_at: string; name: string }, origin: string): string[] {
  const words = session.words.node_code;
  const when = new Intl.DateTimeFormat(session.lang === 'en' ? 'en-GB' : 'fr-FR', { dateStyle: 'long', timeStyle: 'short' }).format(new Date(code.expires_at));
  return [words.code(code.name), '', `    ${code.code}`, '', words.until(when), words.hint(origin)];
}
