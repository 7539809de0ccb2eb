import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataPlace } from './data-place.ts';
import { spawnAs } from './database-user.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { processStartedAt } from './process-identity.ts';

/** A small child that holds the lock of a data folder and stops PostgreSQL when this process dies, however it dies. */
export interface Lifeline {
  /** Tells the child which server it answers for, from the moment it exists. */
  watch(server_pid: number): void;
  /** Gives the lock back; call only when the server has stopped. */
  release(): Promise<void>;
  /** Resolves when the child is gone. */
  ended: Promise<void>;
}

const LOCK_TAKEN = 75;

/**
 * $1 lock file, $2 data folder, $3 the postgres program, $4 who we are. It lives in a session of its own, so that
 * Ctrl-C or a closing terminal does not reach it. A server is recognised by program and working folder, never by a bare pid.
 */
const SCRIPT = `
trap '' HUP INT TERM
exec 9>>"$1" || exit 74
flock -n 9 || exit ${LOCK_TAKEN}
printf '%s\\n' "$4" > "$1"
data=$2 program=$3
echo held
pid=
while read -r word value; do
  case $word in
    server) pid=$value ;;
    released) exit 0 ;;
  esac
done
[ -n "$pid" ] || exit 0
runs() { case $(readlink "/proc/$pid/exe") in "$program"|"$program (deleted)") return 0 ;; *) return 1 ;; esac; }
ours() { runs && [ "$(readlink "/proc/$pid/cwd")" = "$data" ]; }
n=0
while runs && ! ours && [ $n -lt 20 ]; do n=$((n+1)); sleep 0.1; done
ours && kill -INT "$pid"
n=0
while ours && [ $n -lt 600 ]; do n=$((n+1)); sleep 0.1; done
ours && kill -QUIT "$pid"
`;

/**
 * Takes the lock of a data folder for as long as this process or its server lives. A lock whose owner has died is
 * waited for (its lifeline is stopping the server), at most `wait_seconds`; a lock whose owner lives is refused at once.
 * Errors: `busy`, `start_failed`.
 */
export async function takeLifeline(place: DataPlace, postgres: string, wait_seconds = 90): Promise<Lifeline> {
  const deadline = Date.now() + wait_seconds * 1000;
  const me = `${process.pid} ${await processStartedAt(process.pid)}`;
  for (let attempt = 0; ; attempt += 1) {
    const lifeline = await tryLifeline(place, postgres, me);
    if (lifeline !== undefined) return lifeline;
    // A lock just taken names its owner only a moment later, hence the first attempts in any case.
    const owner = await livingOwner(place.lock_file);
    if ((owner !== undefined && attempt >= 3) || Date.now() > deadline) {
      const who = owner === undefined ? 'a process that is still stopping' : `process ${owner}`;
      throw new EmbeddedPostgresError('busy', `The database in ${place.data_dir} is in use by ${who}. Is Sceau already running here?`);
    }
    await sleep(100);
  }
}

async function tryLifeline(place: DataPlace, postgres: string, me: string): Promise<Lifeline | undefined> {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sceau-postgres-lifeline', place.lock_file, place.data_dir, postgres, me], {
    ...spawnAs(place.user),
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  // Writing to a lifeline that was killed must not bring this process down.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout });
  const held = new Promise<boolean>((resolve) => {
    lines.once('line', (line) => resolve(line === 'held'));
    lines.once('close', () => resolve(false));
  });
  if (!(await Promise.race([held, ended.then(() => held)]))) {
    const status = await ended;
    if (status === LOCK_TAKEN) return undefined;
    const why = status === 127 ? 'the program flock (package util-linux) is missing' : `status ${status}`;
    throw new EmbeddedPostgresError('start_failed', `The lock ${place.lock_file} could not be taken: ${why}.`);
  }
  return {
    watch(server_pid) {
      child.stdin.write(`server ${server_pid}\n`);
    },
    async release() {
      child.stdin.end('released\n');
      await ended;
    },
    ended: ended.then(() => undefined),
  };
}

async function livingOwner(lock_file: string): Promise<number | undefined> {
  const [pid, started_at] = (await readFile(lock_file, 'utf8').catch(() => '')).trim().split(' ');
  if (pid === undefined || started_at === undefined || !/^\d+$/.test(pid)) return undefined;
  return (await processStartedAt(Number(pid))) === started_at ? Number(pid) : undefined;
}
