import { openCollaborators } from '../../create-portal.ts';
import { rotatePortalKeys } from '../../keys/rotate-portal-keys.ts';
import type { Outcome, Session } from '../terminal.ts';
import { configOf } from '../with-portal.ts';

/** `sceau-portal rotate-keys`. */
export async function rotateKeys(session: Session, options: { root: string }): Promise<Outcome> {
  const words = session.words.rotate_keys;
  const config = configOf(session, 'keys');
  const { parts, database } = openCollaborators({ ...config, log_level: 'silent' }, { max: 1, application_name: 'sceau-portal rotate-keys' });
  try {
    const rotated = await rotatePortalKeys(parts, { root_file: options.root });
    return { json: rotated, lines: [words.done(rotated.version, rotated.expires_at.slice(0, 10)), words.restart] };
  } finally {
    await database.close();
  }
}
