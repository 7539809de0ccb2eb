import { Client } from 'minio';
import { walkTour } from '../../deploy/demo/walk-tour.ts';
import { requireSwift, startSwift } from '../support/swift.ts';
import { testWith } from '../support/test-with.ts';

testWith(requireSwift(), 'the tour holds with two portals of which one is killed, two brokers, restarted nodes, one PostgreSQL and one S3 store', async (t) => {
  t.timeout(300_000);
  const swift = await startSwift();
  if (swift === undefined) return t.fail('Swift did not start');
  t.teardown(swift.stop);
  const { endpoint, region, access_key, secret_key } = swift;
  const client = new Client({ endPoint: swift.host, port: swift.port, useSSL: false, region, pathStyle: true, accessKey: access_key, secretKey: secret_key });
  await client.makeBucket('tour', region);
  const said: string[] = [];
  await t.notThrowsAsync(walkTour({ many: true, bucket: { endpoint, region, bucket: 'tour', access_key, secret_key }, say: (line) => said.push(line) }), said.join('\n'));
  t.log(said.join('\n'));
  t.regex(said.at(-1) ?? '', /Every step held/);
});
