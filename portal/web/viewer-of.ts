import type { Session } from '../parties/find-session.ts';
import type { Caller } from '../portal.ts';

/** Who looks at the catalogue: the member signed in, else nobody in particular. */
export function viewerOf(session: Session | undefined): Caller {
  return session?.member ?? { kind: 'anonymous' };
}
