import { concatBytes } from '#crypto';
import { ClientError } from '../errors.ts';
import { malformed } from './answer.ts';
import { portalAway } from './portal-away.ts';

/** The bytes of an answer, at most `most`; `answer_malformed` beyond, `portal_away` when it breaks off. */
export async function readBounded(response: Response, most: number, portal_url: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of response.body ?? []) {
      size += piece.length;
      if (size > most) throw malformed('what was asked for', `it is longer than ${most} bytes`);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw portalAway(portal_url, cause);
  }
  return concatBytes(...pieces);
}
