import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { testPortal, type TestPortal } from '../support/portal.ts';

/** A refusal to give instead of the portal's own answer. */
export interface Refusal {
  status: number;
  code: string;
  reason?: string;
  detail: string;
}

/** A portal behind a door that answers certain calls itself. */
export interface FailingPortal {
  portal: TestPortal;
  /** What nodes are told. */
  origin: string;
  /** Calls that came so far, as `PUT /api/v1/…`. */
  calls: string[];
  /** Answers calls of which `METHOD /path` matches with a refusal, `times` times or for ever; gives the way to stop it. */
  fail(calls: RegExp, refusal: Refusal, times?: number): () => void;
}

/** Starts a portal whose public origin is that door. */
export async function failingPortal(t: ExecutionContext): Promise<FailingPortal> {
  const rules: { calls: RegExp; refusal: Refusal; left: number }[] = [];
  const calls: string[] = [];
  let target = 0;
  const door = createServer((incoming, outgoing) => {
    const call = `${incoming.method ?? ''} ${incoming.url ?? ''}`;
    calls.push(call);
    const rule = rules.find((one) => one.left > 0 && one.calls.test(call));
    if (rule !== undefined) {
      rule.left -= 1;
      const { status, ...problem } = rule.refusal;
      incoming.resume();
      incoming.on('end', () => outgoing.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ ...problem, status, title: problem.code, request_id: 'r-1' })));
      return;
    }
    const passed = request({ host: '127.0.0.1', port: target, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    door.closeAllConnections();
    door.close();
  });
  const origin = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const portal = await testPortal(t, { config: { public_origin: origin } });
  target = portal.portal.config.listen.port;
  return {
    portal,
    origin,
    calls,
    fail: (pattern, refusal, times = Infinity) => {
      const rule = { calls: pattern, refusal, left: times };
      rules.push(rule);
      return () => {
        rule.left = 0;
      };
    },
  };
}
