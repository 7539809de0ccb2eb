import { openCollaborators } from '../../create-portal.ts';
import { createPortalKeys } from '../../keys/create-portal-keys.ts';
import type { Outcome, Session } from '../terminal.ts';
import { configOf } from '../with-portal.ts';

/** `sceau-portal create-keys`. */
export async function createKeys(session: Session, options: { logOrigin?: string }): Promise<Outcome> {
  const words = session.words.create_keys;
  const config = configOf(session, 'keys');
  const { parts, database } = openCollaborators({ ...config, log_level: 'silent' }, { max: 1, application_name: 'sceau-portal create-keys' });
  try {
    const made = await createPortalKeys(parts, options.logOrigin === undefined ? {} : { log_origin: options.logOrigin });
    const lines = made.created ? [words.made(made.portal_id), words.take_root(made.root_key_path)] : [words.known(made.portal_id)];
    return { json: { ...made, keys_dir: config.keys_dir, broker_keys_dir: config.broker_keys_dir }, lines };
  } finally {
    await database.close();
  }
}
