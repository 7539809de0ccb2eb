import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeEmbeddedPostgresData } from '../postgres/data-place.ts';
import { type Bucket, type Federation, startFederation } from './federation.ts';
import type { Journey, TourStep } from './tour-journey.ts';
import { MANY_STEPS } from './tour-many-steps.ts';
import { STEPS } from './tour-steps.ts';

/** How a tour is walked. */
export interface TourOptions {
  /** Two portals behind a balancer, and two brokers; a portal is killed half-way and the nodes restart. */
  many: boolean;
  /** Bodies lie in this bucket. */
  bucket?: Bucket;
  say: (line: string) => void;
}

/**
 * Walks every step on a throwaway federation of real processes, which is gone when this ends, however it ends. Each step says what it
 * checked. Throws at the first that does not hold, in one sentence.
 */
export async function walkTour(options: TourOptions): Promise<void> {
  const { many, say, bucket } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-tour-'));
  const began = Date.now();
  const steps = STEPS.flatMap((step): TourStep[] => [...(many ? MANY_STEPS : []).filter(([before]) => before === step[1].name).map(([, ...extra]): TourStep => extra), step]);
  let federation: Federation | undefined;
  try {
    say(`Tour of Sceau, ${steps.length} steps, on a throwaway federation${many ? ' of two portals, two brokers and two nodes' : ''}`);
    federation = await startFederation({
      state_dir: path.join(folder, 'state'),
      first_port: 8480,
      name: 'Sceau, visite',
      say: (line) => say(`   ${line}`),
      ...(many ? { portals: 2, brokers: 2 } : {}),
      ...(bucket === undefined ? {} : { bucket }),
    });
    await federation.startPortal();
    federation.startBroker();
    const journey: Journey = { federation, folder, bucket, consumer: { consumer_home: path.join(folder, 'consumer') } };
    for (const [index, [sentence, act]] of steps.entries()) {
      const seen = await act(journey);
      say(`${String(index + 1).padStart(2)}. ${sentence}\n    ✓ ${seen}`);
    }
    say(`Every step held, in ${((Date.now() - began) / 1000).toFixed(0)} s.`);
  } finally {
    await federation?.stop();
    await removeEmbeddedPostgresData(path.join(folder, 'state', 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
}
