import type { Progress } from '../resources/get-resource.ts';
import { printable } from './printable.ts';
import { type Session, sizeIn } from './session.ts';

/** A line on standard error that shows how far a download is: on a terminal only, so that logs stay readable. */
export function progressLine(session: Session, name: string): { progress: Progress; end: () => void } {
  const shown = process.stderr.isTTY && !session.quiet;
  let last = 0;
  let drawn = false;
  return {
    progress: (done, total) => {
      const now = Date.now();
      if (!shown || (now - last < 100 && done < total)) return;
      last = now;
      drawn = true;
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      process.stderr.write(`\r\u001b[K${printable(name)}  ${percent} %  ${sizeIn(session.language, done)} / ${sizeIn(session.language, total)}`);
    },
    end: () => {
      if (drawn) process.stderr.write('\r\u001b[K');
    },
  };
}
