import { fingerprintOf, verifyKeySetChain } from '#crypto';
import { confirmConsumer, readChangedConsumer } from '../access/confirm-consumer.ts';
import { listConsumers } from '../access/consumer-store.ts';
import type { ConsumerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import { readConsumerId } from './access-options.ts';
import { type CommandRun, dateText, producerOf } from './command.ts';
import { readDigits } from './read-digits.ts';

/** A device of a consumer: its signing key, and the version of the key set with which it came. */
interface Device {
  kid: string;
  role: string;
  since_version: number;
}

/** `sceau-node consumers`: whose keys this node seals to, how they were confirmed, with which devices. */
export const showConsumers: CommandRun<Record<string, never>> = async (context) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const consumers = await listConsumers(node.db, (await producerOf(context)).producer_id);
  if (consumers.length === 0) screen.say(cli.no_consumers);
  for (const row of consumers) {
    const devices = devicesOf(row);
    screen.card([
      [cli.label_who, row.name],
      [cli.label_fingerprint, fingerprintOf(row.consumer_id)],
      [cli.label_their_keys, `${cli.keys_known({ how: cli[`confirmed_${row.confirmation}`], when: dateText(row.confirmed_at, screen.words) })}${row.vouched_by === null ? '' : ` (${row.vouched_by})`}`],
      [cli.label_devices, devices.map((device) => cli.device({ kid: device.kid, version: device.since_version })).join('\n')],
      ...(row.changed_key_sets === null ? [] : [[cli.label_state, cli.consumer_stopped({ why: changeText(screen.words, row.changed_why) })] as const]),
      [cli.identifier, row.consumer_id],
    ]);
    screen.say();
  }
  screen.result({
    consumers: consumers.map((row) => ({
      consumer_id: row.consumer_id,
      name: row.name,
      fingerprint: fingerprintOf(row.consumer_id),
      confirmation: row.confirmation,
      vouched_by: row.vouched_by,
      confirmed_at: row.confirmed_at.toISOString(),
      devices: devicesOf(row),
      changed: row.changed_key_sets === null ? null : row.changed_why,
    })),
  });
  return 0;
};

/** `sceau-node consumers confirm`: takes changed keys whose digits a person compared. */
export const confirmChanged: CommandRun<{ consumer: string; fingerprint?: string }> = async (context, options) => {
  const { screen, node, ask } = context;
  const { cli } = screen.words;
  const consumer_id = readConsumerId(options.consumer);
  const expected = options.fingerprint === undefined ? undefined : readDigits(options.fingerprint);
  const { producer_id } = await producerOf(context);
  const changed = await readChangedConsumer(node, producer_id, consumer_id);
  const { row, fingerprint } = changed;
  screen.card([
    [cli.label_who, row.name],
    [cli.label_state, cli.consumer_stopped({ why: changeText(screen.words, row.changed_why) })],
    [cli.label_devices, devicesOf({ ...row, key_sets: row.changed_key_sets ?? [] }).map((device) => cli.device({ kid: device.kid, version: device.since_version })).join('\n')],
    [cli.label_fingerprint, fingerprint],
  ]);
  if (expected !== undefined && expected !== fingerprint) throw refusal('consumer_fingerprint_differs', { name: row.name, shown: fingerprint, given: expected });
  if (expected === undefined) {
    if (ask === undefined) throw refusal('fingerprint_needed', { name: row.name, fingerprint });
    screen.note(cli.read_out_consumer({ name: row.name, fingerprint }));
    if (!(await ask.yesNo(cli.ask_same_consumer({ name: row.name })))) throw refusal('consumer_fingerprint_rejected', {});
  }
  await confirmConsumer(node, changed);
  screen.say(cli.consumer_confirmed({ name: row.name }));
  screen.result({ consumer_id, confirmation: 'person' });
  return 0;
};

function devicesOf(row: Pick<ConsumerRow, 'consumer_id' | 'key_sets'>): Device[] {
  const chain = verifyKeySetChain(row.key_sets, { typ: 'consumer-keys+jws', party_id: row.consumer_id });
  return (chain.at(-1)?.keys ?? []).map(({ kid, roles }) => ({ kid, role: roles[0] ?? '', since_version: chain.find((set) => set.keys.some((key) => key.kid === kid))?.version ?? 1 }));
}

function changeText({ cli }: { cli: Record<'change_forked' | 'change_shorter' | 'change_retired' | 'change_renamed', string> }, why: string | null): string {
  if (why === 'shorter') return cli.change_shorter;
  if (why === 'retired') return cli.change_retired;
  if (why === 'renamed') return cli.change_renamed;
  return cli.change_forked;
}
