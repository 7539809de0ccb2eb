import { refuseOldRuntime } from './refuse-old-runtime.ts';
import { walkTour } from './walk-tour.ts';

/** `npm run tour`, or `npm run tour -- --many`: exit code 0 only if every step held. */
refuseOldRuntime();
try {
  await walkTour({ many: process.argv.includes('--many'), say: (line) => console.log(line) });
} catch (error) {
  console.error(`    ✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
