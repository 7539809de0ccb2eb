import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Client } from 'minio';
import { requireSwift, startSwift } from './swift.ts';
import { testWith } from './test-with.ts';

testWith(requireSwift(), 'a real S3 server stores, serves ranges and refuses a wrong secret', async (t) => {
  t.timeout(120_000);
  const swift = await startSwift();
  if (swift === undefined) return t.fail('Swift is there and was not started');
  t.teardown(swift.stop);
  const client = new Client({ endPoint: swift.host, port: swift.port, useSSL: false, accessKey: swift.access_key, secretKey: swift.secret_key, region: swift.region });
  await client.makeBucket('bodies');
  const body = randomBytes(300_000);
  await client.putObject('bodies', 'a/b', body);
  t.deepEqual(await buffer(await client.getObject('bodies', 'a/b')), body);
  t.deepEqual(await buffer(await client.getPartialObject('bodies', 'a/b', 100, 50)), body.subarray(100, 150));
  const thief = new Client({ endPoint: swift.host, port: swift.port, useSSL: false, accessKey: swift.access_key, secretKey: 'wrong', region: swift.region });
  await t.throwsAsync(thief.getObject('bodies', 'a/b'), { message: /signature/i });
});
