import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProgram, requireProgram } from './requirement.ts';
import type { Requirement } from './requirement.ts';
import { SWIFT_SERVERS, writeSwiftConfig } from './swift-config.ts';
import type { SwiftServer } from './swift-config.ts';

/** A real S3 server: OpenStack Swift with its S3 interface, on loopback, without TLS. */
export interface Swift {
  /** `http://127.0.0.1:port` */
  endpoint: string;
  host: string;
  port: number;
  access_key: string;
  secret_key: string;
  region: string;
  /** Stops its four servers and deletes what they stored. */
  stop(): Promise<void>;
}

const READY_SECONDS = 90;
/** The packages install for Debian's own interpreter, which need not be the first `python3` on the path. */
const DEBIAN_PYTHON = '/usr/bin/python3';

/**
 * Swift reads /etc/swift/swift.conf at import; the only ways around are to write there as root, or to say otherwise first.
 * The pipe ends with the test process, also when it is killed, and takes the server with it.
 */
const LAUNCHER = `
import os, shutil, signal, sys, threading
kind, etc = sys.argv[1], sys.argv[2]
# Swift points descriptor 0 at /dev/null, where a late reader would find the end at once.
pipe, read = os.dup(0), os.read
def follow():
    while read(pipe, 4096): pass
    shutil.rmtree(os.path.dirname(etc), ignore_errors=True)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=follow, daemon=True).start()
import swift.common.utils as utils
utils.SWIFT_CONF_FILE = os.path.join(etc, 'swift.conf')
from swift.common.wsgi import run_wsgi
options = {}
if kind == 'object':
    from swift.obj import server
    options['global_conf_callback'] = server.global_conf_callback
sys.exit(run_wsgi(os.path.join(etc, kind + '.conf'), kind + '-server', **options))
`;

/** Whether the Debian packages swift-proxy, swift-account, swift-container and swift-object are installed. */
export function requireSwift(): Requirement {
  for (const name of ['swift-ring-builder', ...SWIFT_SERVERS.map((kind) => `swift-${kind}-server`)]) {
    const found = requireProgram(name);
    if ('missing' in found) return { missing: 'OpenStack Swift (Debian packages swift-proxy, -account, -container, -object) is not installed' };
  }
  return isProgram(DEBIAN_PYTHON) ? { path: DEBIAN_PYTHON } : { missing: `${DEBIAN_PYTHON} is not installed` };
}

/** Starts Swift in a folder of its own on free ports; undefined, with the reason on stderr, when it is not installed. */
export async function startSwift(): Promise<Swift | undefined> {
  const found = requireSwift();
  if ('missing' in found) {
    process.stderr.write(`no S3 tests: ${found.missing}\n`);
    return undefined;
  }
  const folder = await attributeFolder(found.path);
  const servers: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(endGroup));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [account, container, object, proxy, unused_port] = await freePorts();
    const ports: Record<SwiftServer, number> = { account, container, object, proxy };
    const keys = { access_key: 'test:tester', secret_key: 'testing', region: 'us-east-1' };
    await writeSwiftConfig({ folder, ports, unused_port, system_user: userInfo().username, account: 'test', user: 'tester', ...keys });
    buildRings(folder, ports);
    for (const kind of SWIFT_SERVERS) servers.push(await startServer(found.path, kind, folder));
    const endpoint = `http://127.0.0.1:${proxy}`;
    await untilReady(endpoint, servers, folder);
    return { endpoint, host: '127.0.0.1', port: proxy, ...keys, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Swift keeps its metadata in extended attributes, which a tmpfs of an older kernel does not have. */
async function attributeFolder(python: string): Promise<string> {
  for (const parent of [tmpdir(), '/var/tmp', process.cwd()]) {
    const folder = await mkdtemp(join(parent, 'sceau-swift-')).catch(() => undefined);
    if (folder === undefined) continue;
    const probe = spawnSync(python, ['-c', "import os, sys; os.setxattr(sys.argv[1], 'user.sceau', b'x' * 2000)", folder], { stdio: 'ignore' });
    if (probe.status === 0) return folder;
    await rm(folder, { recursive: true, force: true });
  }
  throw new Error('no file system with extended attributes for Swift: set TMPDIR to a folder on ext4 or xfs');
}

async function freePorts(): Promise<[number, number, number, number, number]> {
  const holders = Array.from({ length: 5 }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(holders.map((holder) => once(holder, 'listening')));
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = holders.map((holder) => (holder.address() as AddressInfo).port);
  await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  return [a, b, c, d, e];
}

function buildRings(folder: string, ports: Record<SwiftServer, number>): void {
  for (const kind of ['account', 'container', 'object'] as const) {
    const builder = `${kind}.builder`;
    for (const words of [['create', '4', '1', '1'], ['add', `r1z1-127.0.0.1:${ports[kind]}/sdb1`, '1'], ['rebalance']]) {
      const step = spawnSync('swift-ring-builder', [builder, ...words], { cwd: join(folder, 'etc'), encoding: 'utf8', timeout: 60_000 });
      // Status 1 is a warning (one disk is not balanced); errors are 2.
      if (step.status !== 0 && step.status !== 1) throw new Error(`swift-ring-builder ${words[0]}: ${step.stdout}${step.stderr}`);
    }
  }
}

async function startServer(python: string, kind: SwiftServer, folder: string): Promise<ChildProcess> {
  const log = await open(join(folder, `${kind}.log`), 'a');
  const child = spawn(python, ['-c', LAUNCHER, kind, join(folder, 'etc')], {
    cwd: folder,
    stdio: ['pipe', log.fd, log.fd],
    // A process group of its own, so that what it forks can be stopped with it.
    detached: true,
  });
  child.stdin?.on('error', () => undefined);
  await log.close();
  return child;
}

async function untilReady(endpoint: string, servers: ChildProcess[], folder: string): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (Date.now() < deadline) {
    const dead = servers.findIndex((child) => child.exitCode !== null || child.signalCode !== null);
    if (dead >= 0) break;
    // Without a signature S3 answers 403: the proxy lives; the storage servers are asked by the first real call.
    const status = await fetch(endpoint, { signal: AbortSignal.timeout(5000) }).then((answer) => answer.status, () => 0);
    if (status !== 0 && (await storageAnswers(folder))) return;
    await sleep(200);
  }
  const logs = await Promise.all(SWIFT_SERVERS.map((kind) => readFile(join(folder, `${kind}.log`), 'utf8').catch(() => '')));
  throw new Error(`Swift did not start:\n${logs.join('\n').trimEnd().split('\n').slice(-15).join('\n')}`);
}

async function storageAnswers(folder: string): Promise<boolean> {
  for (const kind of ['account', 'container', 'object']) {
    const port = /bind_port = (\d+)/.exec(await readFile(join(folder, 'etc', `${kind}.conf`), 'utf8'))?.[1];
    const answer = await fetch(`http://127.0.0.1:${port}/healthcheck`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    if (answer === undefined) return false;
    await answer.arrayBuffer();
  }
  return true;
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // The leader is our unreaped child, so its group's number cannot have been given to anybody else.
  process.kill(-child.pid, 'SIGTERM');
  const late = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(late);
}
