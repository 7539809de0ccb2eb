import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { askPortal, assertClock } from './contact-portal.ts';
import { PortalProblem } from './portal-problem.ts';

/**
 * Turns a refusal of the portal into words for people. A 401 is the same for everybody who is refused, so the likeliest cause is
 * looked for first: a clock that is off. Gives the error to throw; never throws itself.
 */
export async function explainRefusal(node: ProducerNode, portal: string, error: unknown): Promise<unknown> {
  if (!(error instanceof PortalProblem)) return error;
  if (error.status === 401) {
    const clock = await askPortal(node, portal).then(
      ({ clock_ahead_seconds }) => {
        try {
          assertClock(clock_ahead_seconds, portal);
          return undefined;
        } catch (cause) {
          return cause;
        }
      },
      () => undefined,
    );
    return clock ?? refusal('node_unknown', { portal }, { cause: error });
  }
  return refusal('portal_refused', { problem: error }, { cause: error });
}
