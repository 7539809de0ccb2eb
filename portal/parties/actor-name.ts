import type { Caller } from '../portal.ts';

/** Who acted, as an act of the log blinds it. */
export function actorName(actor: Caller): string {
  switch (actor.kind) {
    case 'member':
      return `member ${actor.member_id}`;
    case 'node':
      return `node ${actor.kid}`;
    case 'consumer':
      return `consumer ${actor.consumer_id}`;
    case 'anonymous':
    case 'command_line':
      return actor.kind;
  }
}
